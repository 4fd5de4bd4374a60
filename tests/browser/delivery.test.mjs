// The crew's round on a phone: schedules are made at the desk, residents see the days, and the crew marks what
// became of each visit without a signal; what was marked is sent once when the signal is back. With script, and
// without.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, until, PHONE, DESKTOP } from '../lib/browser.mjs'
import { UNIT, becomes, desk, go, visitAs } from '../lib/desk.mjs'
import { lookAtAll } from '../lib/look.mjs'
import { makeDemo, serve } from '../lib/program.mjs'

const { url } = await serve(await makeDemo())
const home = `/m/${UNIT}`
const OFFICER = 'officer@kok-jar.demo'
const PROVIDER = 'provider@kok-jar.demo'
const today = () => new Date(Date.now() + 6 * 3600e3).toISOString().slice(0, 10)
const routes = ['Сыноо А', 'Сыноо Б', 'Сыноо В', 'Сыноо Г']

const card = (page, route) => page.locator('.visit', { has: page.locator('h2', { hasText: route }) })
const tag = (page, route) => card(page, route).locator('[data-visit-state] .tag')

test('an officer makes schedules, and residents see the days', async () => {
  await visitAs(OFFICER, { url, device: DESKTOP, language: 'ru', expect: [/422/] }, async (page) => {
    for (const route of routes) {
      await page.goto(`${desk}/schedules/new?service=waste`)
      if (route === routes[0]) await assertAccessible(page, 'form of a schedule')
      await page.fill('[name=route]', route)
      for (let day = 1; day <= 7; day++) await page.check(`[name=days][value="${day}"]`)
      await page.fill('[name=from]', today())
      await page.fill('[name=time_from]', '8:30')
      await page.fill('[name=time_to]', '12')
      await page.check('[name=holidays]')
      await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
      assert.ok((await page.textContent('main')).includes(route), 'the schedule is listed')
    }
    await page.goto(`${desk}/schedules/new`)
    await page.fill('[name=route]', 'Калат калбайт')
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
    await page.waitForSelector('.govuk-error-summary')
    assert.ok(await page.$('#service-fault'), 'said beside the field')
    assert.equal(await page.inputValue('[name=route]'), 'Калат калбайт')
  })
  await visit({ url, device: PHONE }, async (page) => {
    await page.goto(`${home}/calendar?day=${today()}`)
    const text = await page.textContent('#day')
    for (const route of routes) assert.ok(text.includes(route), route)
    assert.ok(text.includes('08:30–12:00'))
    await page.goto(`${home}/services/waste`)
    assert.ok((await page.textContent('main')).includes(routes[0]))
  })
}, { seconds: 120 })

test('a crew marks its round without a signal, and it is sent once', () => visitAs(PROVIDER, { url, device: PHONE, expect: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/] }, async (page, context) => {
  await page.goto(`${desk}/visits`)
  await assertFits(page, 'the round')
  await assertAccessible(page, 'the round')
  for (const button of await page.$$('.visit button[value=done], .visit__why > summary')) {
    assert.ok((await button.boundingBox()).height >= 56, 'large enough for a thumb')
  }
  const before = Date.now()
  await context.setOffline(true)

  // Not done: why is asked first, with words for "another reason".
  const first = card(page, routes[0])
  await first.locator('summary', { hasText: 'Болгон жок' }).click()
  await first.locator('button[value=missed]').click()
  assert.equal(await page.isVisible('[data-unsent]'), false, 'nothing without a reason')
  await first.locator('[value=other]').check()
  await first.locator('button[value=missed]').click()
  assert.equal(await page.isVisible('[data-unsent]'), false, 'another reason needs words')
  await first.locator('[name=reason]').fill('Көпүрө бузулган')
  await first.locator('button[value=missed]').click()
  await until(() => page.isVisible('[data-unsent]'), 'the notice that something is unsent')
  const second = card(page, routes[1])
  await second.locator('summary', { hasText: 'Болгон жок' }).click()
  await second.locator('[value=road]').check()
  await second.locator('button[value=missed]').click()
  await card(page, routes[2]).locator('button[value=done]').click()
  await until(async () => (await page.textContent('[data-unsent-count]')).includes('3'), 'three are unsent')
  for (let i = 0; i < 3; i++) assert.equal(await tag(page, routes[i]).textContent(), 'Сакталды, жөнөтүлө элек')
  await assertFits(page, 'the round with unsent marks')
  await assertAccessible(page, 'the round with unsent marks')

  // The signal comes back so badly that the first answer is lost: the server has it, the phone does not know.
  let lost = 0
  await page.route('**/desk/**', async (route) => {
    if (route.request().method() !== 'POST' || lost++) return route.continue()
    await route.fetch()
    await route.abort('failed')
  })
  await context.setOffline(false)
  await until(async () => !await page.isVisible('[data-unsent]') && lost > 3, 'all sent')
  for (let i = 0; i < 3; i++) assert.equal(await tag(page, routes[i]).textContent(), 'Жөнөтүлдү')
  assert.equal(lost, 4, 'three marks, one of them sent again')

  await page.reload()
  assert.ok((await first.textContent()).includes('Көпүрө бузулган'))
  assert.equal(await tag(page, routes[2]).textContent(), 'Болду')
  for (let i = 0; i < 3; i++) assert.equal(await card(page, routes[i]).locator('form').count(), 0, 'marked: no form')
  for (let i = 0; i < 3; i++) {
    await page.goto(`${desk}/visits`)
    await card(page, routes[i]).locator('h2 a').click()
    await page.waitForSelector('.timeline')
    assert.equal(await page.locator('.timeline__item').count(), 1, 'one word of each')
  }
  const log = await (await context.request.get(`${desk}/visits.csv?from=${today()}&to=${today()}`)).text()
  assert.equal(log.split('\r\n').filter((line) => routes.slice(0, 3).some((r) => line.includes(r))).length, 3)
  assert.ok(Date.now() - before < 60000)
}), { seconds: 120 })

test('the reason is public, in the reader’s language', () => visit({ url, device: PHONE, language: 'ru' }, async (page) => {
  await page.goto(`${home}/visits?from=${today()}&to=${today()}&service=waste`)
  const text = await page.textContent('main')
  assert.ok(text.includes('Дорога была закрыта') && text.includes('Көпүрө бузулган'))
  await assertFits(page, 'the list of visits')
  await assertAccessible(page, 'list of visits')
}))

test('what somebody else marked on the same phone is not sent under another name', () => visitAs(PROVIDER, { url, device: PHONE, expect: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /40[13]/] }, async (page, context) => {
  await page.goto(`${desk}/visits`)
  await context.setOffline(true)
  await card(page, routes[3]).locator('button[value=done]').click()
  await until(() => page.isVisible('[data-unsent]'), 'kept')
  await context.clearCookies()
  await context.setOffline(false)
  await becomes(context, url, OFFICER)
  await page.goto(`${desk}/visits`)
  await page.waitForTimeout(500)
  assert.equal(await page.isVisible('[data-unsent]'), false)
  assert.equal(await tag(page, routes[3]).textContent(), 'Бүгүн күтүлөт')
  await becomes(context, url, PROVIDER)
  await page.goto(`${desk}/visits`)
  await until(async () => (await tag(page, routes[3]).textContent()) === 'Жөнөтүлдү', 'sent by who marked it')
}), { seconds: 120 })

test('without script the same round is marked, and wrong input is said beside the field', async () => {
  await visitAs(OFFICER, { url, device: PHONE, script: false, language: 'ru', expect: [/422/] }, async (page) => {
    await page.goto(`${desk}/schedules/new?service=culture`)
    await page.fill('[name=route]', 'Сыноо Д')
    for (let day = 1; day <= 7; day++) await page.check(`[name=days][value="${day}"]`)
    await page.fill('[name=from]', today())
    await page.check('[name=holidays]')
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
    await page.goto(`${desk}/visits`)
    await assertFits(page, 'the round')
    const mine = card(page, 'Сыноо Д')
    await mine.locator('summary', { hasText: 'Не выполнено' }).click()
    await mine.locator('[value=other]').check()
    await Promise.all([page.waitForNavigation(), mine.locator('button[value=missed]').click()])
    assert.ok(await page.$('#reason-fault'), 'said beside the field')
    await page.fill('[name=reason]', 'Библиотекарь болеет')
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
    assert.ok((await card(page, 'Сыноо Д').textContent()).includes('Библиотекарь болеет'))
  })
}, { seconds: 60 })

test('a resident disputes it, the office answers, and everybody reads the answer', async () => {
  let address
  await visit({ url, device: PHONE, script: false, language: 'ru' }, async (page) => {
    await page.goto(`${home}/visits?from=${today()}&to=${today()}&outcome=kept&service=waste`)
    await Promise.all([page.waitForNavigation(), page.locator('tr', { hasText: routes[2] }).locator('th a').click()])
    address = new URL(page.url()).pathname
    await Promise.all([page.waitForNavigation(), page.click(`a[href="${address}/dispute"]`)])
    await page.fill('[name=words]', 'Сыноо: көчөнүн аягына келген жок')
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')])
    assert.equal(new URL(page.url()).pathname, address)
    assert.ok(!(await page.textContent('main')).includes('көчөнүн аягына'), 'words are for the municipality')
  })
  await visitAs(OFFICER, { url, device: DESKTOP, language: 'ru' }, async (page) => {
    await page.goto(`${desk}/disputes`)
    await assertAccessible(page, 'disputes')
    await Promise.all([page.waitForNavigation(), page.locator('.report', { hasText: 'көчөнүн аягына' }).locator('a').first().click()])
    await assertAccessible(page, 'a dispute')
    await page.check('[name=decision][value=upheld]')
    await page.fill('[name=answer]', 'Проверили: машина не доехала. Завтра заберём.')
    await Promise.all([page.waitForNavigation(), page.click('main .card form button[type=submit]')])
  })
  await visit({ url, device: PHONE, language: 'ru' }, async (page) => {
    await page.goto(`${address}/dispute`)
    await assertAccessible(page, 'a dispute that is answered')
    await page.goto(address)
    assert.ok((await page.textContent('main')).includes('Завтра заберём'))
    await assertAccessible(page, 'a visit with its answer')
  })
}, { seconds: 90 })

// The desk's own pages of visits are in the suite of staff.
for (const language of ['ky', 'ru', 'en']) {
  test(`public pages of visits are accessible and fit the screen: ${language}`,
    () => visit({ url, language }, (page) => lookAtAll(page, [`${home}/calendar`, `${home}/visits`], language)), { seconds: 180 })
}
