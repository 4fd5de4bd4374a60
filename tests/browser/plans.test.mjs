// A service improvement plan from the problem to the council's resolution, on a phone without script and on a desk:
// what does not add up is refused beside the cost, the head submits, everybody reads the plan, progress is reported.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { assertAccessible, assertFits, visit, PHONE, DESKTOP } from '../lib/browser.mjs'
import { becomes, desk, go, visitAs } from '../lib/desk.mjs'
import { makeDemo, serve } from '../lib/program.mjs'

const { url } = await serve(await makeDemo())
const save = 'main form button[type=submit]'

async function look (page, label, script) {
  await assertFits(page, label)
  if (script) await assertAccessible(page, label)
}

async function fillAction (page, cost, own, grant) {
  await page.fill('[name=title]', 'Кудук казуу')
  await page.fill('[name=responsible]', 'Айыл өкмөтү')
  await page.fill('[name=from]', '2027-03-01')
  await page.fill('[name=to]', '2027-06-01')
  await page.fill('[name=cost]', cost)
  await page.fill('[name=own]', own)
  await page.fill('[name=grant]', grant)
  await go(page, save)
}

async function journey (page, context, script) {
  await page.goto(`${desk}/plans`)
  await look(page, 'the list of plans', script)
  await go(page, 'main a[href$="/plans/new"]')
  await look(page, 'a new plan', script)
  const name = script ? 'Мектептин кудугу' : 'Клубдун кудугу'
  await page.selectOption('[name=topic]', 'water')
  await page.fill('[name=title_ky]', name)
  await page.fill('[name=problem]', 'Суу алыс.')
  await page.check('[name=origin][value=survey]')
  await go(page, save)
  const base = new URL(page.url()).pathname
  await look(page, 'a fresh draft', script)
  await page.goto(`${base}/text`)
  await look(page, 'the texts', script)
  await page.fill('[name=objective]', 'Суу короодо.')
  await page.fill('[name=risks]', 'Баасы өсөт')
  await go(page, save)

  await page.goto(`${base}/actions/new`)
  await fillAction(page, '100000', '40000', '60001')
  assert.match(await page.textContent('main'), /барабар эмес/, 'sources do not add up')
  await look(page, 'an action refused', script)
  await fillAction(page, '100000', '40000', '60000')
  assert.equal(new URL(page.url()).pathname, base)
  await page.goto(`${base}/people`)
  await page.selectOption('[name=village]', { index: 1 })
  await page.fill('[name=people]', '240')
  await go(page, save)
  await page.goto(`${base}/group`)
  await page.fill('[name=family]', script ? 'Мисалбаева' : 'Үлгүкулов')
  await page.fill('[name=given]', script ? 'Сынак' : 'Көркөм')
  await page.check('[name=duty][value=head]')
  await go(page, save)
  await look(page, 'a whole draft', script)
  assert.equal(await page.locator('form[action$="/submit"]').count(), 0, 'an officer does not submit')

  await becomes(context, url, 'head@kok-jar.demo')
  await page.goto(base)
  await go(page, 'form[action$="/submit"] button')
  await page.goto(`${base}/approve`)
  await page.fill('[name=number]', '3/5')
  const today = new Date(Date.now() + 6 * 3600e3).toISOString().slice(0, 10)
  await page.fill('[name=day]', today)
  await go(page, save)

  await becomes(context, url, 'officer@kok-jar.demo')
  await page.goto(base)
  await go(page, 'main a[href$="/progress"]')
  await look(page, 'progress', script)
  await page.fill('[name=percent]', '100')
  await go(page, save)
  await look(page, 'the plan at the desk', script)

  await visit({ url, device: script ? DESKTOP : PHONE, script }, async (stranger) => {
    await stranger.goto(`/m/${desk.split('/')[2]}/plans`)
    await go(stranger, `main a:has-text("${name}")`)
    const text = await stranger.textContent('main')
    assert.match(text, /3\/5/)
    assert.match(text, /1 ичинен 1/)
    assert.doesNotMatch(text, /Мисалбаева|Үлгүкулов/, 'no names in public')
    await look(stranger, 'the public page', script)
  })
}

test('a plan on a phone without script', () => visitAs('officer@kok-jar.demo', { url, device: PHONE, script: false, expect: [/422/] },
  (page, context) => journey(page, context, false)), { seconds: 120 })
test('a plan on a desk', () => visitAs('officer@kok-jar.demo', { url, device: DESKTOP, expect: [/422/] },
  (page, context) => journey(page, context, true)), { seconds: 120 })
