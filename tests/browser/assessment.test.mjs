// A round from the first answer to the recomputed record, as people meet it: an officer with a phone and without script, the
// head who submits and appeals, the programme that verifies and freezes, and a stranger who recomputes the snapshot.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '../lib/tap.mjs'
import { assertAccessible, assertFits, visit, DESKTOP, PHONE } from '../lib/browser.mjs'
import { UNIT, desk, go, visitAs } from '../lib/desk.mjs'
import { makeDemo, run, serve } from '../lib/program.mjs'

const place = await makeDemo()
const { url } = await serve(place)
const save = 'main form button[type=submit].govuk-button'
let round

test('an officer answers on a phone without script', () => visitAs('officer@kok-jar.demo', { url, device: PHONE, script: false }, async (page) => {
  await page.goto(`${desk}/assessment`)
  await page.waitForSelector('main h1')
  round = new URL(await page.locator('main a[href*="/table?round="]').getAttribute('href'), url).searchParams.get('round')
  await page.goto(`${desk}/assessment/landfill?round=${round}`)
  await page.check('input[name=status][value=known]')
  await page.check('input[name=level][value="3"]')
  await page.check('input[name=grade][value=B]')
  await page.fill('textarea[name=note]', 'Экологдун корутундусу №12')
  await go(page, save)
  assert.match(page.url(), /#landfill$/)
  const row = page.locator('#landfill')
  assert.match(await row.textContent(), /3/)
  // What is counted from records cannot be typed.
  await page.goto(`${desk}/assessment/waste_visits?round=${round}`)
  assert.equal(await page.locator('input[name=value]').count(), 0)
  assert.equal(await page.locator('main a[href*="/visits"]').count() > 0, true, 'its records are a click away')
}), { seconds: 90 })

test('what was typed comes back after a power cut', () => visitAs('officer@kok-jar.demo', { url, device: PHONE }, async (page) => {
  const form = `${desk}/assessment/culture?round=${round}`
  await page.goto(form)
  await page.fill('textarea[name=note]', 'Клубдун паспорту')
  await page.goto('about:blank')
  await page.goto(form)
  assert.equal(await page.inputValue('textarea[name=note]'), 'Клубдун паспорту')
  assert.ok(await page.isVisible('[data-keep-restored]'))
  await assertAccessible(page, 'an answer that came back')
  await assertFits(page)
  await page.check('input[name=status][value=known]')
  await page.check('input[name=level][value="1"]')
  await page.check('input[name=grade][value=B]')
  await go(page, save)
  // Saved: there is nothing to bring back.
  await page.goto(form)
  assert.ok(!await page.isVisible('[data-keep-restored]'))
}), { seconds: 90 })

test('the sheet goes out and comes back', () => visitAs('officer@kok-jar.demo', { url, device: DESKTOP, expect: [/422/] }, async (page, context) => {
  await page.goto(`${desk}/assessment/table?round=${round}`)
  await assertAccessible(page, 'paper and spreadsheet')
  const sheet = await (await context.request.get(`${desk}/assessment/table/answers.xlsx?round=${round}`)).body()
  await page.setInputFiles('input[type=file]', { name: 'answers.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: sheet })
  await go(page, 'button[name=do][value=check]')
  assert.ok(await page.isVisible('.notice--good'), 'as it went, it is in order')
  await page.fill('textarea[name=text]', 'Код,Жооп\nsport,9\n')
  await go(page, 'button[name=do][value=import]')
  assert.match(await page.textContent('.notice--bad'), /2.*Жооп/s)
  await assertAccessible(page, 'a sheet with a fault')
}), { seconds: 90 })

test('the head submits', () => visitAs('head@kok-jar.demo', { url, device: PHONE, script: false }, async (page) => {
  await page.goto(`${desk}/assessment?round=${round}`)
  await go(page, `form[action*="/submit"] button[type=submit]`)
  await page.goto(`${desk}/assessment/landfill?round=${round}`)
  assert.equal(await page.locator('input[name=level]').count(), 0, 'what was submitted stays')
}), { seconds: 60 })

async function step (page, name) {
  await page.goto(`/desk/assessment/${round}`)
  await go(page, `button[name=step][value=${name}]`)
}

test('the programme verifies the sample', () => visitAs('programme@aimak.demo', { url, expect: [/422/] }, async (page) => {
  await page.goto(`/desk/assessment/${round}`)
  await assertAccessible(page, 'a round')
  await step(page, 'close')
  await page.goto(`/desk/assessment/${round}/${UNIT}`)
  await assertAccessible(page, 'what is verified')
  const checks = await page.locator('tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  assert.ok(checks.length >= 5, 'a fifth, and what looks risky')
  await page.goto(checks[0])
  await assertAccessible(page, 'a verdict')
  // A verdict needs its reason.
  await go(page, save)
  assert.ok(await page.isVisible('.govuk-error-summary'))
  await page.fill('textarea[name=note]', 'Документ менен дал келет')
  await go(page, save)
  await step(page, 'appeals')
}), { seconds: 90 })

test('the head appeals, the programme decides and freezes', async () => {
  await visitAs('head@kok-jar.demo', { url, device: PHONE }, async (page) => {
    await page.goto(`${desk}/assessment/landfill?round=${round}`)
    await page.fill('textarea[name=words]', 'Корутунду үчүнчү бетте турат')
    await go(page, 'form[action*="/appeal"] button[type=submit]')
    await page.goto(`${desk}/assessment/landfill?round=${round}`)
    assert.match(await page.textContent('main'), /Корутунду үчүнчү бетте/)
    await assertAccessible(page, 'an appeal')
  })
  await visitAs('programme@aimak.demo', { url }, async (page) => {
    await page.goto(`/desk/assessment/${round}/${UNIT}/landfill`)
    await page.check('input[name=public]')
    await page.check('input[name=level][value="3"]')
    await page.fill('textarea[name=note]', 'Корутунду бар экен')
    await go(page, save)
    await step(page, 'freeze')
    assert.equal(await page.locator('button[name=step]').count(), 0, 'a frozen round does not move')
  })
}, { seconds: 90 })

test('anybody recomputes the snapshot', () => visit({ url }, async (page, context) => {
  const text = await (await context.request.get(`/assessment/snapshot/${round}`)).text()
  const file = join(place.data, 'snapshot.json')
  await writeFile(file, text)
  for (const [what, where] of [['assessment', place], ['snapshot', null]]) { // beside the server; and without any database
    const good = await run(['verify', what, file], where)
    assert.equal(good.code, 0, good.stderr)
    assert.match(good.stdout, /^same /)
  }
  const kept = await run(['verify', 'assessment', round], place)
  assert.equal(kept.code, 0, kept.stderr)
  const at = text.indexOf('"points":', text.indexOf('"results"')) + 9
  await writeFile(file, text.slice(0, at) + (text[at] === '9' ? '8' : '9') + text.slice(at + 1))
  const changed = await run(['verify', 'snapshot', file], null)
  assert.equal(changed.code, 1)
  assert.match(changed.stdout, /^DIFFERENT /)
}), { seconds: 60 })

for (const language of ['ky', 'ru', 'en']) {
  test(`public pages, ${language}`, async () => {
    for (const device of [PHONE, DESKTOP]) {
      await visit({ url, device, language }, async (page) => {
        for (const path of [`/m/${UNIT}/assessment`, '/assessment', '/assessment/method']) {
          await page.goto(`${path}?lang=${language}`)
          assert.equal(await page.getAttribute('html', 'lang'), language)
          await assertFits(page, `${path} ${language}`)
          await assertAccessible(page, `${path} ${language}`, { colours: device === PHONE })
        }
      })
    }
  }, { seconds: 120 })
}
