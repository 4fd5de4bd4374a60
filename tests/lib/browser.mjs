// A browser for the journeys: Debian's chromium, driven by playwright-core.
//
// Every page is watched: an error in a script, a blocked resource (CSP), a failed request to the server or a
// line on the console as error makes the test fail, unless the test says that it expects it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { cleanup, skipAll } from './tap.mjs'

const require = createRequire(import.meta.url)
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
// The shell without windows is the same engine at a third of the work: a profile costs it next to nothing.
const candidates = [process.env.AIMAK_CHROMIUM, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome']

export const PHONE = { viewport: { width: 360, height: 720 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
export const DESKTOP = { viewport: { width: 1280, height: 900 } }

const patience = Number(process.env.AIMAK_TEST_PATIENCE ?? 1)
let browser

async function start () {
  if (browser) return browser
  const executablePath = candidates.find((path) => {
    try {
      return path && readFileSync(path).length > 0
    } catch {
      return false
    }
  })
  if (!executablePath) skipAll('chromium is not installed (tools/setup run test installs it)')
  browser = await chromium.launch({
    executablePath,
    // As root, and in containers without user namespaces, chromium's own sandbox cannot start; the only
    // pages it sees are ours.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb']
  })
  cleanup(async () => {
    await browser.close()
    browser = null
  })
  return browser
}

// Runs fn(page, context) in a fresh profile. Options: device (PHONE or DESKTOP), script (false: JavaScript off),
// language, expect (array of RegExp: complaints that the test wants).
export async function visit ({ device = DESKTOP, script = true, language = 'ky', url, expect = [], ...more }, fn) {
  const context = await (await start()).newContext({
    ...device, javaScriptEnabled: script, locale: language, baseURL: url, timezoneId: 'Asia/Bishkek', ...more
  })
  const complaints = []
  context.on('page', (page) => {
    page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`)
    })
  })
  context.setDefaultTimeout(15000 * patience)
  try {
    await fn(await context.newPage(), context)
  } finally {
    await context.close()
  }
  const unexpected = complaints.filter((text) => !expect.some((pattern) => pattern.test(text)))
  if (unexpected.length) throw new Error(`the browser complained:\n${unexpected.join('\n')}`)
}

// Nothing is wider than the screen.
export async function assertFits (page, label = page.url()) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(over <= 0, `${label} is ${over} px wider than the screen`)
}

// Asks until it is so. The limit is for a busy machine; a good answer comes at once.
export async function until (done, what, seconds = 40) {
  const end = Date.now() + seconds * 1000 * patience
  while (!await done()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

// No violation of WCAG 2.2 A and AA that axe can see, on the page as it stands. Contrast is half of the work: a page of which
// only the words are new since it was measured may do without (colours: false).
export async function assertAccessible (page, label = page.url(), { colours = true } = {}) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axeSource)
  const { violations } = await page.evaluate((enabled) => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'color-contrast': { enabled } },
    resultTypes: ['violations']
  }), colours)
  if (violations.length) {
    const lines = violations.flatMap((v) => [`${v.id} (${v.impact}): ${v.help}`,
      ...v.nodes.slice(0, 3).map((node) => `    ${node.target.join(' ')}  ${node.html.slice(0, 120)}`)])
    throw new Error(`${label} is not accessible:\n${lines.join('\n')}`)
  }
}
