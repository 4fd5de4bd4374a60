// A day of the service officer at the shared PC and on the phone: the work list, a report from its arrival to the answer,
// somebody who phones, paper and spreadsheets, the count of people served, a charter on its way to the residents.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, PHONE, DESKTOP } from '../lib/browser.mjs'
import { picture } from '../lib/picture.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { NUMBER, fillReport, letTimePass, sendReport } from '../lib/report.mjs'
import { UNIT, desk, download, go, parseCsv, parseXlsx, visitAs } from '../lib/desk.mjs'

const { url } = await serve(await makeDemo())
const OFFICER = 'officer@kok-jar.demo'
const asOfficer = (options, fn) => visitAs(OFFICER, { url, ...options }, fn)
const home = `/m/${UNIT}`
const text = (page, selector = 'main') => page.textContent(selector)
const texts = (page, selector) => page.locator(selector).allTextContents()

// What a resident sends from a phone; the number.
async function residentReports (words, { fault = 'water.leak', photo = false } = {}) {
  let number
  await visit({ url, device: PHONE }, async (page) => {
    await page.goto(`${home}/report?service=${fault.split('.')[0]}`)
    await fillReport(page, { fault, words })
    if (photo) await page.setInputFiles('input[type=file]', { name: 'photo.png', mimeType: 'image/png', buffer: picture(320, 240) })
    await letTimePass(page)
    number = await sendReport(page)
  })
  return number
}

// What any stranger sees of the report.
async function publicPage (number, fn) {
  await visit({ url, device: PHONE }, async (page) => {
    await page.goto(`/c/${number}`)
    await fn(await text(page), page)
  })
}

test('the desk leads to each of its pages and says on which one stands', () => asOfficer({ language: 'ru' }, async (page) => {
  await page.goto('/desk')
  await assertAccessible(page, 'desk')
  const links = await page.locator('.site-nav--desk .site-nav__list a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  for (const needed of ['/desk', `${desk}/cases`, `${desk}/visits`, `${desk}/services`, `${desk}/charters`, `${home}/trail`]) {
    assert.ok(links.includes(needed), `${needed} is in the menu: ${links}`)
  }
  assert.ok(!links.includes('/desk/staff') && !links.includes('/desk/audit'), 'what is the head’s is not shown')
  for (const href of links) {
    const response = await page.goto(href)
    assert.equal(response.status(), 200, href)
    if (href.startsWith('/desk')) assert.equal(await page.getAttribute('.site-nav--desk [aria-current]', 'href'), href)
  }
  await page.goto('/desk')
  const late = await text(page, '.figure:first-child .figure__value')
  await go(page, '.figure:first-child a')
  assert.equal(await page.locator('[data-row]').count(), Number(late), 'a figure opens to what it counts')
}))

test('the work list: late first, narrowed by filters and words', () => asOfficer({ language: 'ru' }, async (page) => {
  await page.goto(`${desk}/cases`)
  const lateness = await page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => Boolean(row.querySelector('.late'))))
  const late = lateness.filter(Boolean).length
  assert.ok(late > 0 && late < lateness.length, 'the demonstration has both')
  assert.deepEqual(lateness, [...lateness].sort((a, b) => b - a), 'late ones stand first')
  await page.click('details.filters summary')
  assert.ok(!(await text(page, 'details.filters')).includes('необязательно'), 'nobody is told that a filter is optional')
  await page.selectOption('select[name=service]', 'water')
  await go(page, 'details.filters form button')
  const water = await page.locator('[data-row]').count()
  assert.ok(water > 0 && water < lateness.length)
  assert.equal(await page.inputValue('select[name=service]'), 'water', 'the choice is kept')
  const number = (await text(page, '[data-row] .case-number')).trim()
  await page.goto(`${desk}/cases`)
  await page.click('details.filters summary')
  await page.fill('#f-q', number)
  await go(page, 'details.filters form button')
  assert.deepEqual(await texts(page, '[data-row] .case-number'), [number], 'a number finds its report')
  await page.goto(`${desk}/cases?q=жоксөз`)
  assert.equal(await page.locator('[data-row]').count(), 0)
  assert.ok((await text(page, '.empty')).trim(), 'an empty list says so')
}))

test('the work list by keyboard: move, tick, look up the keys, search, open', () => asOfficer({}, async (page) => {
  await page.goto(`${desk}/cases`)
  assert.equal(await page.isVisible('[data-bulk]'), false, 'nothing chosen: no bar')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  assert.equal(await page.isChecked('[data-row]:nth-child(2) input[type=checkbox]'), true)
  assert.ok(await page.isVisible('[data-bulk]'), 'the bar of what to do with the chosen')
  assert.match(await text(page, '[data-bulk-count]'), /1/)
  const box = await page.locator('[data-bulk]').boundingBox()
  assert.ok(box.y >= 0 && box.y + box.height <= 900, 'the bar is on the screen wherever the list is scrolled')
  await page.keyboard.press('?')
  assert.ok(await page.isVisible('dialog[data-keys-help]'))
  await assertAccessible(page, 'list of keys')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  assert.equal(await page.isVisible('[data-bulk]'), false)
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-q')
  await page.locator('#f-q').blur()
  await page.keyboard.press('k')
  await page.keyboard.press('k')
  const first = (await text(page, '[data-row] .case-number')).trim()
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
  assert.ok(page.url().endsWith(`/cases/${first}`), page.url())
}))

test('two reports at once: given to a colleague, then accepted; each answer is said', () => asOfficer({ language: 'ru' }, async (page) => {
  const numbers = await Promise.all([residentReports('Көчөдө суу агып жатат (экөө 1)', { fault: 'water.leak' }),
    residentReports('Колонка иштебейт (экөө 2)', { fault: 'water.standpost' })])
  const tick = async () => {
    await page.goto(`${desk}/cases?state=received`)
    for (const number of numbers) await page.check(`tr:has-text("${number}") input[type=checkbox]`, { force: true })
    await page.locator('[data-bulk]').scrollIntoViewIfNeeded()
  }
  await tick()
  await assertAccessible(page, 'work list with chosen rows')
  await page.selectOption('[data-bulk] select[name=assignee]', { label: 'Демо Өкмөт Башчысы' })
  await go(page, '[data-bulk] button[value=assign]')
  await assertAccessible(page, 'what became of the chosen')
  assert.equal(await page.locator('main tbody .tag--good').count(), 2)
  await page.goto(`${desk}/cases?state=received`)
  for (const number of numbers) assert.match(await text(page, `tr:has-text("${number}")`), /Демо Өкмөт Башчысы/)
  await tick()
  await go(page, '[data-bulk] button[value=accept]')
  for (const number of numbers) assert.match(await text(page, `tr:has-text("${number}")`), /Принято/)
  await page.goto('/demo/mail')
  for (const number of numbers) assert.ok((await texts(page, 'article h2')).some((t) => t.includes(number)), 'the colleague is told')
}))

test('a report from its arrival to its answer: accept, note, look at words and photo, answer, resolve', async () => {
  const WORDS = 'Түтүк жарылып, короого суу кирди (толук жол)'
  const NOTE = 'Ички белги: насосчу менен сүйлөштүм'
  const number = await residentReports(WORDS, { photo: true })
  await publicPage(number, async (shown, page) => {
    assert.ok(!shown.includes(WORDS) && !shown.includes('Сыноо көчөсү'), 'nothing of it is public before a look')
    assert.equal(await page.locator('main img').count(), 0)
  })
  await asOfficer({ language: 'ru' }, async (page) => {
    await page.goto(`${desk}/cases/${number}`)
    await assertAccessible(page, 'report at the desk')
    assert.ok((await text(page)).includes(WORDS), 'the officer reads it at once')
    await go(page, `form[action$="/step/accepted"] button`)
    await page.fill('#note', NOTE)
    await go(page, 'form[action$="/note"] button')
    assert.ok((await text(page, '.internal')).includes(NOTE))
    if (!await page.locator('#look').evaluate((d) => d.open)) await page.click('#look > summary')
    await page.fill('#look [name=words]', WORDS.replace('короого', 'бир короого'))
    await go(page, '#look button[value="1"]')
    await page.click('#step-answer > summary')
    const ready = await page.locator('#step-answer select option').nth(1).getAttribute('value')
    await page.selectOption('#step-answer select', ready)
    const answer = await page.inputValue('#step-answer textarea')
    assert.ok(answer.length > 10, 'a ready answer stands in the field')
    await page.fill('#step-answer textarea', `${answer} Эртең барабыз.`)
    await go(page, '#step-answer form button.button--small:not([name])')
    assert.ok((await text(page, '.answer')).includes('Эртең барабыз.'))
  })
  await publicPage(number, async (shown, page) => {
    assert.ok(shown.includes('бир короого'), 'the words as they were let through')
    assert.equal(await page.locator('main img').count(), 1, 'with the photo')
    assert.ok(shown.includes('Эртең барабыз.'), 'with the answer')
    assert.ok(!shown.includes('Ички белги'), 'but never the note')
    const image = await page.request.get(await page.getAttribute('main img', 'src'))
    assert.equal(image.status(), 200)
  })
  await asOfficer({ language: 'ru', expect: [/422/] }, async (page) => {
    await page.goto(`${desk}/cases/${number}`)
    await page.click('#step-resolved > summary')
    await page.$eval('#step-resolved form', (form) => { form.noValidate = true })
    await go(page, '#step-resolved form button.button--small:not([name])')
    assert.ok(await page.$('.govuk-error-summary'), 'without a word to the resident nothing is resolved')
    await assertAccessible(page, 'report at the desk, with faults')
    await page.fill('#step-resolved textarea', 'Түтүк алмаштырылды, суу токтоду.')
    await go(page, '#step-resolved form button.button--small:not([name])')
    assert.match(await text(page, 'h1 + p'), /Решено/)
  })
  await publicPage(number, (shown) => assert.ok(shown.includes('Түтүк алмаштырылды, суу токтоду.')))
})

test('somebody phones: the report is written for them and the slip with its number is one sheet', () => asOfficer({ expect: [/422/] }, async (page) => {
  await page.goto(`${desk}/cases`)
  await go(page, `a[href="${desk}/cases/new"]`)
  await assertAccessible(page, 'report for somebody')
  await page.fill('[name=words]', 'Апа телефондон айтты: чырак күйбөйт')
  await page.$eval('main form', (form) => { form.noValidate = true })
  await go(page, 'main form button.govuk-button:not(.button--small)')
  assert.ok(await page.$('.govuk-error-summary'), 'what is missing is said')
  assert.equal(await page.inputValue('[name=words]'), 'Апа телефондон айтты: чырак күйбөйт')
  await assertAccessible(page, 'report for somebody, with faults')
  await page.selectOption('[name=fault]', 'lighting.dark')
  if (await page.$('select[name=village]')) await page.selectOption('select[name=village]', { index: 1 })
  await page.fill('[name=street]', 'Чал көчөсү')
  await page.fill('[name=name]', 'Демо Апа')
  await page.fill('[name=phone]', '0700 000 001')
  for (let tries = 0; tries < 2 && !await page.$('.slip__number'); tries++) await go(page, 'main form button.govuk-button:not(.button--small)')
  const number = (await text(page, '.slip__number')).trim()
  assert.match(number, NUMBER)
  await assertAccessible(page, 'slip')
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.isVisible('[data-print]'), false, 'no buttons on paper')
  const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1')
  assert.equal((pdf.match(/\/Type\s*\/Page\b(?!s)/g) || []).length, 1, 'one sheet')
  await page.emulateMedia({ media: null })
  await page.goto(`${desk}/cases/${number}`)
  assert.ok(!(await text(page)).includes('000001'), 'the telephone number is not shown unasked')
  await go(page, 'form[action$="/contact"] button')
  assert.match(await text(page), /Демо Апа/)
  await publicPage(number, (shown) => assert.ok(!shown.includes('Демо Апа') && !shown.includes('000001')))
}))

test('the list on paper, in Excel and as CSV says the same as on the screen', () => asOfficer({ language: 'ru' }, async (page) => {
  await page.goto(`${desk}/cases?service=water`)
  const onScreen = (await texts(page, '[data-row] .case-number')).map((t) => t.trim()).sort()
  const find = (rows) => rows.flat().filter((cell) => new RegExp(`^${NUMBER.source}$`).test(cell ?? '')).sort()
  const xlsx = await download(page, '.exports a:has-text("Excel")')
  assert.match(xlsx.name, /\.xlsx$/)
  assert.deepEqual(find(parseXlsx(xlsx.data)), onScreen)
  const csv = await download(page, '.exports a:has-text("CSV")')
  assert.match(csv.name, /\.csv$/)
  const rows = parseCsv(csv.data)
  assert.deepEqual(find(rows), onScreen)
  assert.ok(rows.every((row) => row.length === rows[0].length), 'every line has as many cells as the head')
  await go(page, '.exports a[href*="/print"]')
  await assertAccessible(page, 'list on paper')
  assert.deepEqual((await texts(page, '.case-number')).map((t) => t.trim()).sort(), onScreen)
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.isVisible('.site-header'), false)
}))

test('people served are counted; the figure is public with its day and way of counting', () => asOfficer({ language: 'ru', expect: [/422/] }, async (page) => {
  await page.goto(`${desk}/services`)
  await go(page, `main a[href="${desk}/services/sport"]`)
  await go(page, `main a[href$="/coverage/new"]`)
  await page.$eval('main form', (form) => { form.noValidate = true })
  await go(page, 'main form button.govuk-button')
  assert.ok(await page.$('.govuk-error-summary'))
  await assertAccessible(page, 'count with faults')
  await page.selectOption('select[name=village]', { index: 1 })
  await page.fill('table input >> nth=0', '137')
  await page.fill('table input >> nth=1', '61')
  const way = await page.$('select[name=method]')
  if (way) await page.selectOption('select[name=method]', { index: 1 })
  else await page.check('input[name=method] >> nth=0')
  await go(page, 'main form button.govuk-button')
  assert.ok(!await page.$('.govuk-error-summary'), await text(page))
  assert.match(await text(page), /137/)
  await visit({ url, device: PHONE, language: 'ru' }, async (outside) => {
    await outside.goto(`${home}/services/sport/coverage`)
    assert.match(await text(outside), /137/)
  })
}))

test('a charter: draft, promise, consultation; then residents can comment', () => asOfficer({ language: 'ru', expect: [/422/] }, async (page) => {
  const charter = `${desk}/charters/sport`
  await page.goto(charter)
  await go(page, 'form[action$="/draft"] button')
  await go(page, `a[href="${charter}/promises/new"]`)
  await page.check('input[name=measure] >> nth=0')
  await page.fill('#amount', '3')
  await go(page, 'main form button.govuk-button')
  for (const [language, words] of [['ky', 'Спорт аянтчасы боюнча 3 күндө жооп беребиз'], ['ru', 'Отвечаем об аварии на площадке за 3 дня'], ['en', 'We answer about the sports ground within 3 days']]) {
    await page.fill(`[name=text_${language}]`, words)
  }
  await go(page, 'main form button.govuk-button')
  await page.goto(`${charter}/intro`)
  await page.fill('[name=contact]', '0 (000) 00-00-00')
  await go(page, 'main form button.govuk-button')
  await page.goto(`${charter}/consultation`)
  await assertAccessible(page, 'consultation')
  await page.fill('[name=to]', '2020-01-01')
  await go(page, 'main form button.govuk-button')
  assert.ok(await page.$('.govuk-error-summary'), 'a day in the past is refused')
  await page.goto(`${charter}/consultation`)
  await go(page, 'main form button.govuk-button')
  assert.match(await text(page), /На обсуждении/)
  assert.equal(await page.locator(`a[href="${charter}/approve"]`).count(), 0, 'the head decides, not the officer')
  const preview = await page.getAttribute('main a[href*="/v/"]', 'href')
  await visit({ url, device: PHONE, language: 'ru' }, async (outside) => {
    await outside.goto(preview)
    assert.match(await text(outside), /Отвечаем об аварии на площадке за 3 дня/)
    await outside.fill('[name=words]', 'Хорошо, но нужен и свет.')
    await go(outside, '#say form button')
    await outside.goto(preview)
    assert.ok(!(await text(outside)).includes('нужен и свет'), 'a comment waits for a look')
  })
  await page.goto(`${charter}/comments`)
  assert.match(await text(page), /нужен и свет/)
}))

test('on the phone: what is new, accepted and answered with a thumb', async () => {
  const number = await residentReports('Көчө караңгы, чырак күйбөйт (телефон)', { fault: 'lighting.street_dark' })
  await asOfficer({ device: PHONE }, async (page) => {
    await page.goto('/desk')
    await assertFits(page, 'desk')
    await page.tap('.figure:nth-child(2) a')
    await page.waitForURL(/state=received/)
    await assertFits(page, 'work list')
    const firstRow = await page.locator('[data-row]').first().boundingBox()
    assert.ok(firstRow.y < 740, `the list begins on the first screen, not at ${firstRow.y}`)
    await page.tap(`tr:has-text("${number}") [data-row-link]`)
    await page.waitForURL(new RegExp(number))
    await assertFits(page, 'report')
    for (const button of await page.locator('main button:visible:not(.link-button)').all()) {
      const box = await button.boundingBox()
      assert.ok(box.height >= 40, `a thumb needs more than ${box.height} px: ${await button.textContent()}`)
    }
    await go(page, 'form[action$="/step/accepted"] button')
    await page.tap('#step-answer > summary')
    await page.fill('#step-answer textarea', 'Бүгүн электрик барат.')
    await go(page, '#step-answer form button.button--small:not([name])')
    await assertFits(page, 'report with an answer')
  })
  await publicPage(number, (shown) => assert.ok(shown.includes('Бүгүн электрик барат.')))
})
