// Results of programmes: the public's pages and those of programme staff as a phone and a desktop show them, in three
// languages; and a value's way from the officer who enters it to the public, with its correction.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, PHONE } from '../lib/browser.mjs'
import { lookAtAll } from '../lib/look.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { UNIT, desk, go, visitAs } from '../lib/desk.mjs'

const { url } = await serve(await makeDemo())
const PROGRAMME = 'programme@aimak.demo'
const OFFICER = 'officer@kok-jar.demo'
const PUBLIC = ['/results', '/results?programme=sa2', '/results?programme=sa2&period=2022', '/results/i/cami.water_improved',
  '/results/i/cami.water_improved?period=2018-01', '/results/i/sa2.volunteers', '/results/report?programme=cami&period=2019',
  `/m/${UNIT}/results/records`]
const STAFF = ['/desk/results', '/desk/results/indicators', '/desk/results/indicators/sa2.volunteers', `${desk}/achieved`,
  `${desk}/results`, `${desk}/results/sa2.volunteers`]
const values = `${desk}/results/sa2.volunteers`
const send = (page) => go(page, 'form:has([name=period]) button.govuk-button')
const step = (page, name) => go(page, `button[name=step][value=${name}] >> nth=0`)
const row = (page, words) => page.locator('main table').first().locator('tbody tr').filter({ hasText: words })

for (const language of ['ky', 'ru', 'en']) {
  test(`what the public sees: ${language}`, () => visit({ url, language }, (page) => lookAtAll(page, PUBLIC, language)), { seconds: 240 })
  test(`what programme staff see: ${language}`, () => visitAs(PROGRAMME, { url, language }, (page) => lookAtAll(page, STAFF, language)), { seconds: 240 })
}

async function enter (page, women, men, total, why) {
  await page.fill('[name=period]', '2023')
  await page.fill('[name=value]', String(total))
  await page.fill('[name=cells]', `sex=f: ${women}\nsex=m: ${men}`)
  await page.check('[name=grade][value=B]', { force: true })
  if (why) await page.fill('[name=why]', why)
  await send(page)
}

test('a value: entered and refused, entered, submitted, verified by another, locked, corrected in the open', async () => {
  await visitAs(OFFICER, { url, language: 'en', device: PHONE, expect: [/422/] }, async (page) => {
    await page.goto(values)
    await enter(page, 20, 15, 40)
    assert.match(await page.textContent('.govuk-error-summary'), /do not add up/)
    await assertAccessible(page, 'a value with a fault')
    await assertFits(page, 'a value with a fault')
    await enter(page, 20, 15, 35)
    assert.match(await row(page, '2023').textContent(), /35[^]*Draft/)
    await step(page, 'submit')
    assert.equal(await page.locator('button[value=verify]').count(), 0, 'who enters does not verify')
  })
  await visit({ url, language: 'en' }, async (page) => {
    await page.goto('/results/i/sa2.volunteers?period=2023')
    assert.doesNotMatch(await page.textContent('main'), /\b35\b/, 'nobody verified it')
  })
  await visitAs(PROGRAMME, { url, language: 'en' }, async (page) => {
    await page.goto('/desk/results')
    await go(page, `main a[href="${values}"]:has-text("2023") >> nth=0`)
    await step(page, 'verify')
    await step(page, 'lock')
    assert.match(await row(page, '2023').textContent(), /Locked/)
  })
  await visit({ url, language: 'en' }, async (page) => {
    await page.goto('/results/i/sa2.volunteers?period=2023')
    assert.match(await page.textContent('main'), /35 people/)
  })
  await visitAs(OFFICER, { url, language: 'en', expect: [/422/] }, async (page) => {
    await page.goto(values)
    await enter(page, 21, 15, 36)
    assert.match(await page.textContent('.govuk-error-summary'), /./, 'a locked value is not overwritten')
    await page.goto(values)
    await go(page, 'a[href*="corrects="] >> nth=0')
    await enter(page, 21, 15, 36, 'One was forgotten')
    await step(page, 'submit')
  })
  await visitAs(PROGRAMME, { url, language: 'en' }, async (page) => {
    await page.goto(values)
    await step(page, 'verify')
    assert.match(await page.textContent('main'), /One was forgotten/)
  })
  await visit({ url, language: 'en' }, async (page) => {
    await page.goto('/results/i/sa2.volunteers?period=2023')
    assert.match(await page.textContent('main'), /36 people/)
  })
}, { seconds: 120 })

test('a story comes into the report, and out again', async () => {
  await visitAs(PROGRAMME, { url, language: 'en' }, async (page) => {
    await page.goto('/desk/results')
    await page.selectOption('[name=programme]', 'sa2')
    await page.fill('[name=month]', '2023-02')
    await page.fill('[name=title]', 'The pump works again')
    await page.fill('[name=words]', 'Neighbours mended it together.')
    await go(page, 'form[action="/desk/results/stories"] button.govuk-button')
    assert.match(await page.textContent('main'), /The pump works again/)
    await page.goto('/results/report?programme=sa2&period=2023Q1')
    assert.match(await page.textContent('main'), /Neighbours mended it together/)
    const pdf = await page.request.get(`${url}/results/report.pdf?programme=sa2&period=2023Q1`)
    assert.equal(pdf.headers()['content-type'], 'application/pdf')
  })
}, { seconds: 60 })
