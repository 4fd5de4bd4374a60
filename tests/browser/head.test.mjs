// The head of the municipality on the phone, and at the PC: what is late and why, a charter by resolution of the council, who
// did and who read, own sessions, roles from a date to a date.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, PHONE, DESKTOP } from '../lib/browser.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { UNIT, desk, download, enterCode, enterPassword, go, parseCsv, parseXlsx, visitAs } from '../lib/desk.mjs'

const { url } = await serve(await makeDemo())
const HEAD = 'head@kok-jar.demo'
const asHead = (options, fn) => visitAs(HEAD, { url, ...options }, fn)
const home = `/m/${UNIT}`
const text = (page, selector = 'main') => page.textContent(selector)
const texts = (page, selector) => page.locator(selector).allTextContents()
// The municipality's calendar day, some days from now, as a date field takes it.
const day = (ahead) => new Date(Date.now() + 6 * 3600e3 + ahead * 86400e3).toISOString().slice(0, 10)
const send = (page) => go(page, 'main form button.govuk-button:not(.button--small)')

for (const [name, device] of [['phone', PHONE], ['desktop', DESKTOP]]) {
  test(`what is late, with whom, for how long: on a ${name}`, () => asHead({ device, language: 'ru' }, async (page) => {
    await page.goto('/desk')
    await assertFits(page, 'desk')
    const late = Number(await text(page, '.figure--bad .figure__value'))
    assert.ok(late > 0, 'the demonstration has late reports')
    await go(page, `.site-nav--desk a[href="${desk}/overdue"]`)
    const here = await page.locator('.site-nav--desk [aria-current]').boundingBox()
    assert.ok(here.x >= 0 && here.x + here.width <= device.viewport.width, 'the menu shows where one is')
    await assertFits(page, 'late reports')
    assert.equal(await page.locator('[data-row]').count(), late, 'as many rows as the figure says')
    const days = (await texts(page, '[data-row] .late')).map((t) => Number(/\d+/.exec(t)[0]))
    assert.deepEqual(days, [...days].sort((a, b) => b - a), 'longest first')
    const loads = page.locator('main .split table')
    assert.equal(await loads.count(), 2, 'by person and by service')
    const sums = await loads.evaluateAll((tables) => tables.map((t) => Array.from(t.querySelectorAll('tbody td:nth-child(2)')).reduce((sum, cell) => sum + Number(cell.textContent), 0)))
    assert.deepEqual(sums, [late, late], 'both add up to what is late')
    const file = await download(page, '.exports a:has-text("Excel")')
    assert.ok(parseXlsx(file.data).length > late)
    await go(page, '[data-row-link] >> nth=0')
    assert.match(await text(page, 'h1 + p'), /просрочено/)
    assert.match(await text(page, '.timeline'), /./)
  }))
}

test('a late report is given to somebody; that person is told by letter with the way to it', () => asHead({ language: 'ru' }, async (page) => {
  await page.goto(`${desk}/overdue`)
  const row = page.locator('[data-row]:has-text("не назначен")').first()
  const number = (await row.locator('.case-number').textContent()).trim()
  await row.locator('input[type=checkbox]').check({ force: true })
  await page.selectOption('[data-bulk] select[name=assignee]', { label: 'Демо Кызматкер' })
  await go(page, '[data-bulk] button[value=assign]')
  await page.goto(`${desk}/cases/${number}`)
  assert.match(await text(page, 'h1 + p'), /Демо Кызматкер/)
  await page.goto('/demo/mail')
  const letter = page.locator('article', { hasText: number }).first()
  assert.match(await letter.textContent(), /officer@kok-jar\.demo/)
  assert.equal(new URL(await letter.locator('a').first().getAttribute('href'), url).pathname, `${desk}/cases/${number}`)
}))

test('a charter out of consultation: ended with a reason, approved by resolution, published; residents read the number', () => asHead({ device: PHONE, language: 'ru', expect: [/422/] }, async (page) => {
  const charter = `${desk}/charters/waste`
  await page.goto(charter)
  await assertFits(page, 'charter')
  await go(page, `a[href="${charter}/consultation/end"]`)
  await page.fill('[name=reason]', 'Все мнения получены, кенеш заседает раньше')
  await send(page)
  await go(page, `a[href="${charter}/approve"]`)
  await page.$eval('main form', (form) => { form.noValidate = true })
  await send(page)
  assert.ok(await page.$('.govuk-error-summary'), 'no approval without a resolution')
  await assertAccessible(page, 'approval with faults')
  await assertFits(page, 'approval with faults')
  const approve = async () => {
    await page.fill('[name=number]', '15/3')
    await page.fill('[name=day]', day(0))
    await send(page)
  }
  await approve()
  assert.match(await text(page, '.govuk-error-summary'), /мнения/, 'nor before the residents have an answer')
  for (let answered = 0; ; answered++) {
    await page.goto(`${charter}/comments`)
    const waiting = page.locator('li.report:has(.tag--wait) a')
    if (await waiting.count() === 0) break
    assert.ok(answered < 10, 'answers are kept')
    await page.goto(await waiting.first().getAttribute('href'))
    await page.check('input[name=look][value=shown]', { force: true })
    await page.fill('[name=answer]', 'Учтём: добавили день в графике.')
    await send(page)
  }
  await page.goto(`${charter}/approve`)
  await approve()
  assert.match(await text(page), /15\/3/)
  await go(page, `a[href="${charter}/publish"]`)
  await page.fill('[name=from]', day(0))
  await send(page)
  await visit({ url, language: 'ru' }, async (outside) => {
    await outside.goto(`${home}/services/waste`)
    await outside.goto(`${home}/services/waste/v/2`)
    assert.match(await text(outside), /15\/3/)
  })
}))

test('the audit says who did what and who read whose contacts', async () => {
  let number
  await visitAs('officer@kok-jar.demo', { url }, async (page) => {
    await page.goto(`${desk}/cases?state=all`)
    const hrefs = await page.locator('[data-row-link]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    for (const href of hrefs) {
      await page.goto(href)
      if (await page.$('form[action$="/contact"]')) break
    }
    number = page.url().split('/').pop()
    await go(page, 'form[action$="/contact"] button')
  })
  await asHead({ language: 'ru', device: PHONE }, async (page) => {
    await page.goto('/desk/audit')
    await assertFits(page, 'audit')
    await page.check('[name=reads]', { force: true })
    await send(page)
    const line = page.locator('tbody tr').first()
    assert.match(await line.textContent(), /Демо Кызматкер/)
    assert.ok((await line.textContent()).includes(number), 'of which report')
    const csv = parseCsv((await download(page, '.exports a')).data)
    assert.equal(csv.length - 1, await page.locator('tbody tr').count(), 'the file has the rows of the screen')
    assert.ok(csv.some((row) => row.includes('Демо Кызматкер')))
  })
})

test('somebody is taken in from a date to a date, enters with a first password, and is let go', () => asHead({ language: 'ru', expect: [/422/] }, async (page) => {
  await page.goto('/desk/staff')
  const before = await page.locator('tbody tr').count()
  await go(page, '.toolbar a.govuk-button')
  await page.$eval('main form', (form) => { form.noValidate = true })
  await send(page)
  assert.ok(await page.$('.govuk-error-summary'))
  await assertAccessible(page, 'new staff with faults')
  await page.fill('[name=name]', 'Демо Практикант')
  await page.fill('[name=login]', 'practice.kok-jar')
  await page.selectOption('[name=role]', 'officer')
  await page.fill('[name=from]', day(0))
  await page.fill('[name=to]', day(30))
  await send(page)
  await assertAccessible(page, 'first password')
  const password = await page.inputValue('#secret')
  await page.goto('/desk/staff')
  assert.equal(await page.locator('tbody tr').count(), before + 1)
  const row = page.locator('tbody tr', { hasText: 'Демо Практикант' })
  assert.match(await row.textContent(), /\d{4}\sг\.\s\u2013\s\d+/, 'the role has both days')
  await visit({ url, device: PHONE, language: 'ru', expect: [/422|403/] }, async (theirs) => {
    await enterPassword(theirs, 'practice.kok-jar', password)
    assert.equal(new URL(theirs.url()).pathname, '/account/password', 'the first password is for once')
    await theirs.goto(`${desk}/cases`)
    assert.equal(await theirs.locator('[data-row]').count(), 0, 'and opens no work list')
    await go(page, `tbody a:has-text("Демо Практикант")`)
    page.once('dialog', (dialog) => dialog.accept())
    await go(page, 'form:has(input[value=disable]) button')
    await theirs.goto('/account')
    assert.equal(new URL(theirs.url()).pathname, '/login', 'let go: the open session ends at once')
  })
}))

test('a role is given to somebody for some days, and ended', () => asHead({ language: 'ru' }, async (page) => {
  await page.goto('/desk/staff')
  await go(page, 'tbody a:has-text("Демо Бухгалтер")')
  await assertAccessible(page, 'person of the staff')
  await page.click('section[aria-labelledby=roles] summary')
  await page.selectOption('[name=role]', 'deputy')
  await page.fill('[name=from]', day(0))
  await page.fill('[name=to]', day(14))
  await go(page, 'form:has(input[value=give]) button')
  const roles = page.locator('section[aria-labelledby=roles] li')
  assert.match((await roles.allTextContents()).join(' '), /Депутат.* – /s)
  const given = await roles.count()
  page.once('dialog', (dialog) => dialog.accept())
  await go(page, 'section[aria-labelledby=roles] li:has-text("Депутат") form button')
  assert.equal(await roles.count(), given, 'an ended role stays on record')
  assert.equal(await page.locator('section[aria-labelledby=roles] li:has-text("Депутат") form button').count(), 0)
}))

test('own sessions: the other device is seen and ended', () => asHead({ language: 'ru' }, async (page) => {
  await visit({ url, device: PHONE, language: 'ru' }, async (other) => {
    await enterPassword(other, HEAD)
    await enterCode(other)
    await page.goto('/account')
    const rows = page.locator('section[aria-labelledby=sessions] li')
    const before = await rows.count()
    assert.ok(before >= 2)
    await go(page, 'section[aria-labelledby=sessions] li form button')
    assert.equal(await rows.count(), before - 1)
    await page.goto('/account')
    assert.equal(new URL(page.url()).pathname, '/account', 'the own one goes on')
    await other.goto('/desk')
    assert.equal(new URL(other.url()).pathname, '/login')
  })
}))
