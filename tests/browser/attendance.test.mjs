// The trainer's list on a phone without a signal: marks and codes are kept, shown as unsent, and sent once when the
// signal is back, also when an answer is lost on the way.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { assertAccessible, assertFits, until, PHONE } from '../lib/browser.mjs'
import { visitAs } from '../lib/desk.mjs'
import { makeDemo, serve } from '../lib/program.mjs'

const { url } = await serve(await makeDemo())

test('attendance is taken without a signal and sent once', () => visitAs('officer@kok-jar.demo', { url, device: PHONE, expect: [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/] }, async (page, context) => {
  await page.goto('/desk/events')
  await assertAccessible(page, 'the list of events')
  await page.locator('tbody th a', { hasText: 'Келерки жылдын бюджети' }).click()
  await page.waitForSelector('main h1')
  const base = new URL(page.url()).pathname
  await page.goto(`${base}/people`)
  await assertAccessible(page, 'the list of people')
  await assertFits(page, 'the list of people')
  const cards = page.locator('.visit')
  assert.equal(await cards.count(), 20)
  const tag = (i) => cards.nth(i).locator('[data-visit-state] .tag').textContent()

  await context.setOffline(true)
  await cards.nth(0).locator('button[value=yes]').click()
  await cards.nth(1).locator('button[value=no]').click()
  // A code that is typed (or read by the camera) marks who bears it, without a signal too.
  await page.fill('#code', (await cards.nth(2).getAttribute('data-code')).toLowerCase())
  await page.press('#code', 'Enter')
  await until(async () => (await page.textContent('[data-unsent-count]')).includes('3'), 'three are unsent')
  for (const i of [0, 1, 2]) assert.equal(await tag(i), 'Телефондо сакталды')
  assert.equal(await tag(3), 'Белгилене элек')

  // The first answer is lost: the server has it, the phone does not know.
  let posts = 0
  await page.route('**/desk/events/**', async (route) => {
    if (route.request().method() !== 'POST' || posts++) return route.continue()
    await route.fetch()
    await route.abort('failed')
  })
  await context.setOffline(false)
  await until(async () => !await page.isVisible('[data-unsent]') && posts > 3, 'all sent')
  for (const i of [0, 1, 2]) assert.equal(await tag(i), 'Жөнөтүлдү')
  assert.equal(posts, 4, 'three marks, one of them sent again')

  await page.reload()
  assert.equal(await tag(0), 'Келди')
  assert.equal(await tag(1), 'Келген жок')
  assert.equal(await tag(2), 'Келди')
  const file = await (await context.request.get(`${base}/people.csv`)).text()
  assert.equal(file.trim().split('\r\n').length, 3, 'a heading and two who came')
}), { seconds: 90 })
