/*
 * Looks at every page of the style guide as a phone, a small phone and a desktop would: nothing sticks out, axe finds
 * nothing, the security policy is kept, focus is visible, paper is one sheet where it must be.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildGuide } from '../../assets/guide.mjs'
import { assertAccessible, assertFits, visit } from '../lib/browser.mjs'
import { inTabs } from '../lib/look.mjs'
import { serveFolder } from '../lib/static.mjs'
import { cleanup, test } from '../lib/tap.mjs'

const assets = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'assets')
const folder = mkdtempSync(join(tmpdir(), 'aimak-guide-'))
cleanup(() => rmSync(folder, { recursive: true, force: true }))
const { pages } = await buildGuide(folder)
const url = await serveFolder(folder)
const SIZES = [[320, 640], [360, 740], [768, 1024], [1280, 900]]

test('every page fits, passes axe and keeps the policy at each size', () => visit({ url }, (page) => inTabs(page, pages.map(({ name }) => async (tab) => {
  await tab.goto(`/${name}.html`)
  for (const [width, height] of SIZES) {
    await tab.setViewportSize({ width, height })
    await assertFits(tab, `${name} at ${width} px`)
    await assertAccessible(tab, `${name} at ${width} px`)
  }
}))), { seconds: 240 })

test('every link, button and field shows where the keyboard is', () => visit({ url }, async (page) => {
  const faults = new Set()
  for (const { name } of pages) {
    await page.goto(`/${name}.html`)
    /* Each element in turn by the Tab key: what the eye gets must differ from the state before. */
    const looks = () => page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return null
      const shown = e.matches('.govuk-radios__input,.govuk-checkboxes__input') ? [e.nextElementSibling, '::before'] : e.matches('.stars input') ? [e.nextElementSibling, null] : [e, null]
      /* An outline without width, style or colour is none, whatever else is said of it. */
      const look = () => {
        const s = getComputedStyle(...shown)
        const outline = s.outlineStyle === 'none' || s.outlineWidth === '0px' || s.outlineColor === 'rgba(0, 0, 0, 0)' ? '' : s.outlineWidth + s.outlineColor
        return [s.backgroundColor, s.boxShadow, outline].join('|')
      }
      const focused = look()
      e.blur()
      const plain = look()
      e.focus()
      return { what: `${e.tagName}.${e.className.baseVal ?? e.className} ${e.textContent.trim().slice(0, 20)}`, same: focused === plain }
    })
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab')
      const seen = await looks()
      if (!seen) break
      if (seen.same) faults.add(`${name}: ${seen.what}`)
    }
  }
  assert.deepEqual([...faults], [], 'no visible focus')
}))

test('the labels of cards on a phone are never cut within a word', () => visit({ url, device: { viewport: { width: 320, height: 640 } } }, async (page) => {
  await page.goto('/worklist.html')
  const [width, word] = await page.evaluate(() => {
    const cell = document.querySelector('.table-cards td[data-label]')
    cell.dataset.label = 'Исполнитель'
    cell.textContent = 'Кок-Джар, Бирдик көчөсү, 24, '.repeat(4)
    /* The value may take lines; beside it the label's longest word keeps its width. */
    const label = document.createElement('span')
    label.textContent = cell.dataset.label
    const { fontSize, fontFamily } = getComputedStyle(cell, '::before')
    Object.assign(label.style, { position: 'absolute', fontSize, fontFamily })
    cell.before(label)
    const word = label.getBoundingClientRect().width
    return [parseFloat(getComputedStyle(cell, '::before').width), word]
  })
  assert.ok(word > 50)
  assert.ok(width >= word - 1, `the label has ${width} px, its word needs ${word}`)
}))

test('what only works with script is not there without it', () => visit({ url, script: false }, async (page) => {
  for (const { name } of pages) {
    await page.goto(`/${name}.html`)
    assert.equal(await page.locator('[data-js]:visible').count(), 0, `${name}: visible without script`)
  }
}))

test('a poster and a slip print on one sheet, without navigation', () => visit({ url }, async (page) => {
  for (const name of ['poster', 'slip']) {
    await page.goto(`/${name}.html`)
    await page.emulateMedia({ media: 'print' })
    for (const gone of ['.site-nav__list', '.site-footer', '.language', '.demo-ribbon']) assert.equal(await page.locator(gone).isVisible(), false, `${name}: ${gone} on paper`)
    const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1')
    assert.equal((pdf.match(/\/Type\s*\/Page\b(?!s)/g) || []).length, 1, `${name}: sheets`)
    await page.emulateMedia({ media: null })
  }
}))

test('templates may not set styles or scripts inline, and no page of the guide does', () => {
  const faults = []
  for (const file of readdirSync(join(assets, 'guide')).filter((f) => f.endsWith('.html'))) {
    const text = readFileSync(join(assets, 'guide', file), 'utf8')
    for (const found of text.matchAll(/\s(style|on[a-z]+)=|<style|<script(?![^>]*src)/g)) faults.push(`${file}: ${found[0].trim()}`)
  }
  assert.deepEqual(faults, [], 'inline')
})

test('every class in the guide exists in the style sheet', () => {
  const css = readFileSync(join(folder, 'style.css'), 'utf8')
  /* Words that only mark things for scripts or carry no look of their own. */
  const bare = new Set(['govuk-fieldset', 'page--narrow', 'govuk-table'])
  const missing = new Set()
  for (const { name } of pages) {
    const html = readFileSync(join(folder, `${name}.html`), 'utf8')
    for (const [, list] of html.matchAll(/class="([^"]*)"/g)) {
      for (const word of list.split(/\s+/)) if (word && !bare.has(word) && !new RegExp(`\\.${word}(?![\\w-])`).test(css)) missing.add(`${name}: ${word}`)
    }
  }
  assert.deepEqual([...missing], [], 'classes without a rule')
})

test('the first page weighs at most 50 KB compressed, all in', () => {
  const sum = ['find.html', 'style.css', 'app.js', 'icons.svg', 'favicon.svg']
    .map((file) => gzipSync(readFileSync(join(folder, file)), { level: 6 }).length).reduce((a, b) => a + b, 0)
  assert.ok(sum <= 50 * 1024, `${sum} bytes`)
  console.log(`# first page: ${sum} bytes gzip`)
})
