// Every kind of page that staff see, as a phone and as a desktop show it, in three languages: nothing sticks out, axe finds
// nothing, the language is the chosen one. Forms are sent empty once, so that their faults are looked at too.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { DESKTOP } from '../lib/browser.mjs'
import { inTabs, look, lookAtAll } from '../lib/look.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { UNIT, desk, visitAs } from '../lib/desk.mjs'

const { url } = await serve(await makeDemo())
const first = (selector) => async (page) => page.goto(await page.locator(selector).first().getAttribute('href'))
// An address; or [address, how to go on from there]. `faults` are forms that are sent as they stand.
const OFFICER = {
  login: 'officer@kok-jar.demo',
  pages: ['/desk', `${desk}/cases`, `${desk}/cases?look=1&q=x`, `${desk}/cases/print`, `${desk}/cases/new`, `${desk}/templates`,
    [`${desk}/cases`, first('[data-row-link]')], [`${desk}/cases?look=1`, first('[data-row-link]')],
    [`${desk}/templates`, first('tbody a')], `${desk}/templates/new`,
    `${desk}/services`, `${desk}/services/water`, `${desk}/services/water/coverage/new`, `${desk}/providers`, `${desk}/providers/new`,
    [`${desk}/providers`, first('tbody a')],
    `${desk}/charters`, `${desk}/charters/water`, `${desk}/charters/waste`, `${desk}/charters/waste/comments`,
    [`${desk}/charters/waste/comments`, first('.report a')], `${desk}/charters/waste/consultation/end`,
    `${desk}/visits`, `${desk}/visits?show=waiting`, `${desk}/visits/print`, [`${desk}/visits`, first(`main a[href*="/visits/"]:not([href$="/print"])`)],
    `${desk}/schedules`, [`${desk}/schedules`, first('main table th a')], `${desk}/schedules/new`, `${desk}/disputes`,
    '/desk/events', ['/desk/events', first('tbody a')], '/desk/events/new', '/desk/persons',
    `${desk}/results`, [`${desk}/results`, first('main a[href*="/results/"]')],
    `${desk}/assessment`, [`${desk}/assessment`, first('main a[href*="/assessment/"]')],
    '/account', '/account/password', '/account/phone', '/account/email', '/account/seen', `/m/${UNIT}/trail`],
  faults: [`${desk}/cases/new`, `${desk}/templates/new`, `${desk}/services/water/coverage/new`, `${desk}/providers/new`,
    `${desk}/schedules/new`, `${desk}/charters/waste/consultation/end`, '/account/password', '/account/email']
}
const HEAD = {
  login: 'head@kok-jar.demo',
  pages: ['/desk', `${desk}/overdue`, `${desk}/charters/waste/approve`, '/desk/staff', ['/desk/staff', first('tbody a')], '/desk/staff/new', '/desk/audit', '/desk/keys'],
  faults: ['/desk/staff/new', '/desk/keys']
}
const ADMIN = {
  login: 'admin@aimak.demo',
  pages: ['/desk', '/desk/staff', '/desk/places', '/desk/places/merge', '/desk/catalogue', '/desk/catalogue/water',
    ['/desk/catalogue/water', first('main a[href*="/faults/"]')], ['/desk/catalogue/water', first('main a[href*="/levels/"]')],
    '/desk/outbox', '/desk/jobs', '/desk/keys'],
  faults: ['/desk/places/merge']
}
const PROGRAMME = {
  login: 'programme@aimak.demo',
  pages: ['/desk', '/desk/assessment', ['/desk/assessment', first('main a[href*="/desk/assessment/"]')], '/desk/law', '/desk/law/links',
    '/desk/law/collections', '/desk/learning'],
  faults: []
}
const PROVIDER = { login: 'provider@kok-jar.demo', pages: ['/desk', `${desk}/visits`], faults: [] }

async function lookAtFaults (page, address, language) {
  await page.setViewportSize(DESKTOP.viewport)
  await page.goto(address)
  const form = page.locator('main form[method=post]').filter({ has: page.locator('input:not([type=hidden]),select,textarea') }).first()
  await form.evaluate((element) => { element.noValidate = true })
  await Promise.all([page.waitForNavigation(), form.evaluate((element) => element.requestSubmit())])
  assert.ok(await page.$('.govuk-error-summary'), `${address}: an empty form is no form`)
  for (const link of await page.locator('.govuk-error-summary a').all()) {
    assert.ok(await page.$(await link.getAttribute('href')), `${address}: the summary leads to the field`)
  }
  await look(page, `${address} with faults`, language)
}

for (const language of ['ky', 'ru', 'en']) {
  for (const person of [OFFICER, HEAD, ADMIN, PROGRAMME, PROVIDER]) {
    test(`pages of ${person.login}: ${language}`, () => visitAs(person.login, { url, language, expect: [/422/] }, async (page) => {
      await lookAtAll(page, person.pages, language)
      await inTabs(page, person.faults.map((address) => (tab) => lookAtFaults(tab, address, language)))
    }), { seconds: 240 })
  }
}
