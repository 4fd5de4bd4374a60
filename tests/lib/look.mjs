// What every page must keep, whatever is on it: nothing sticks out at the sides, axe finds nothing, the language is the
// chosen one and each message has its words. For the suites that go through pages by the dozen.
import assert from 'node:assert/strict'
import { assertAccessible, assertFits, DESKTOP, PHONE } from './browser.mjs'

// A message or a code without words would stand there by its name.
const nameless = /(?<![\w.@/-])[a-z]+(_[a-z]+)+(?![\w.@/-])/

// The page that is open, as the desktop and the phone show it. What axe sees hardly hangs on the words, and colours not at
// all: everything at both sizes in Kyrgyz, what a translation can break (names, roles, sizes) on the phone in the others.
export async function look (page, label, language) {
  assert.equal(await page.getAttribute('html', 'lang'), language, label)
  // Names that are not words are marked as such.
  const words = await page.evaluate(() => {
    const main = document.querySelector('main').cloneNode(true)
    for (const name of main.querySelectorAll('[translate=no]')) name.remove()
    return main.textContent
  })
  assert.equal(nameless.exec(words)?.[0], undefined, label)
  for (const { viewport } of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport)
    await assertFits(page, `${label} at ${viewport.width} px`)
    if (language === 'ky' || viewport === PHONE.viewport) {
      await assertAccessible(page, `${label} (${language}, ${viewport.width} px)`, { colours: language === 'ky' })
    }
  }
}

// Does each work(page) of the list in two tabs, one for each core of a small machine, and tells of all that failed.
export async function inTabs (page, list) {
  const waiting = [...list]
  const faults = []
  const tab = async (one) => {
    while (waiting.length) await waiting.shift()(one).catch((error) => faults.push(error.message))
  }
  await Promise.all([tab(page), tab(await page.context().newPage())])
  assert.deepEqual(faults, [])
}

// Opens each address and looks at it. An entry may also be [address, go(page)]: how to go on from there.
export const lookAtAll = (page, list, language) => inTabs(page, list.map((where) => async (one) => {
  const [address, onward] = [where].flat()
  await one.setViewportSize(DESKTOP.viewport)
  const answer = await one.goto(address)
  assert.ok(answer.status() === 200 || answer.status() === 404 && /0000-0000-0$/.test(address), `${address}: ${answer.status()}`)
  if (onward) await onward(one)
  await look(one, onward ? new URL(one.url()).pathname : address, language)
}))
