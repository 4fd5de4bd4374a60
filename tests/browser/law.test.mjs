// Somebody looks for a rule: search as people type, the article that was found, what an act says on a day, the collection. Under
// axe in three languages, on a phone and on a desk; the search also without script.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, PHONE, DESKTOP } from '../lib/browser.mjs'
import { makeDemo, serve } from '../lib/program.mjs'

const { url } = await serve(await makeDemo())

const findTariff = async (page) => {
  await page.goto('/law')
  await page.fill('#q', 'ТАРИФТЕРИ')
  await page.click('form[role=search] button[type=submit]')
  assert.ok((await page.textContent('.law-hits mark')).toLowerCase().startsWith('тариф'), 'another form of the word is found')
}

for (const [name, device] of [['phone', PHONE], ['desk', DESKTOP]]) {
  for (const language of ['ky', 'ru', 'en']) {
    test(`a rule is found and read: ${name}, ${language}`, () => visit({ url, device, language }, async (page) => {
      await findTariff(page)
      await assertAccessible(page, 'hits')
      await assertFits(page, 'hits')
      await Promise.all([page.waitForNavigation(), page.click('.law-hits a')])
      assert.ok((await page.textContent('main')).includes('ариф'))
      await assertAccessible(page, 'act')
      await assertFits(page, 'act')
      await page.goto('/law/sbornik/lsg-1')
      await assertAccessible(page, 'collection')
      await assertFits(page, 'collection')
    }), { seconds: 120 })
  }
}

test('the search needs no script', () => visit({ url, device: PHONE, script: false }, findTariff))

test('nothing that is typed is syntax', () => visit({ url }, async (page) => {
  for (const words of ['"', '((', 'AND OR NOT', "'; --", '*:*']) {
    const answer = await page.goto(`/law?q=${encodeURIComponent(words)}`)
    assert.equal(answer.status(), 200, words)
  }
}))
