/*
 * The scripts against a server that plays the program: nothing a person has entered may be lost when the connection
 * drops, nothing may be sent twice, and everything works from the keyboard.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildGuide } from '../../assets/guide.mjs'
import { DESKTOP, until, visit } from '../lib/browser.mjs'
import { picture } from '../lib/picture.mjs'
import { serveFolder } from '../lib/static.mjs'
import { cleanup, test } from '../lib/tap.mjs'

const folder = mkdtempSync(join(tmpdir(), 'aimak-scripts-'))
cleanup(() => rmSync(folder, { recursive: true, force: true }))
await buildGuide(folder)

/* What the server got and how it shall answer the next changing requests; reset by each test. */
let got = []
let answers = []
const ORDER = { later: 503, login: 401 }
const url = await serveFolder(folder, (request, response, body, path) => {
  if (path === '/similar.json') {
    got.push({ similar: request.url })
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ items: [{ href: '//evil.example/case.html', title: '<b>Окшош</b>', meta: '3' }] }))
    return true
  }
  if (request.method !== 'POST') return false
  got.push({ path, body: body.toString('latin1'), fetch: request.headers['x-requested-with'] === 'fetch' })
  const answer = answers.shift() || { go: '/case.html' }
  if (answer.slow) setTimeout(() => response.writeHead(303, { Location: '/case.html' }).end(), 500)
  else if (answer.go) response.writeHead(303, { Location: answer.go }).end()
  else if (answer.name) response.writeHead(204, { 'X-Location': answer.name }).end()
  else if (answer.html) response.writeHead(answer.status || 422, { 'Content-Type': 'text/html; charset=utf-8' }).end(answer.html)
  else if (answer.cut) request.socket.destroy()
  else response.writeHead(ORDER[answer.state], { 'Content-Type': 'text/html' }).end('<title>503</title><main><p>later</p></main>')
  return true
})

/* One test, one browser profile: nothing kept from the test before. */
function journey (name, options, work) {
  test(name, () => {
    got = []
    answers = []
    /* A broken or refused connection is what these tests are about, and a browser always tells of it. */
    return visit({ url, device: { viewport: { width: 360, height: 740 } }, expect: [/net::ERR_|status of (401|422|503)|^503 /], ...options }, (_, context) => work(context))
  })
}
async function open (context, name) {
  const page = await context.newPage()
  await page.goto(`/${name}.html`)
  return page
}
/* The guide's report page shows faults; most journeys begin with a fresh form. */
async function freshReport (context) {
  const page = await context.newPage()
  await page.route('**/report.html', async (route) => {
    if (route.request().method() !== 'GET') return route.fallback()
    const answer = await route.fetch()
    const html = (await answer.text()).replace(/<div class="govuk-error-summary">[\s\S]*?<\/div>\s*<\/div>\s*<\/div>/, '').replace(' checked>', '>')
    await route.fulfill({ response: answer, body: html })
  })
  await page.goto(`${url}/report.html`)
  return page
}
const field = (body, name) => { const found = new RegExp(`name="${name}"\\r\\n\\r\\n([\\s\\S]*?)\\r\\n--`).exec(body); return found && Buffer.from(found[1], 'latin1').toString('utf8'); }
const posts = () => got.filter((g) => g.path)

journey('a draft survives a reload, without what is personal', {}, async (context) => {
  const page = await freshReport(context)
  await page.fill('#words', 'Суу келбей жатат')
  await page.check('#service')
  await page.fill('#email', 'a@example.org')
  await page.waitForTimeout(700)
  await page.reload()
  await until(() => page.isVisible('[data-draft-restored]'), 'notice of the draft')
  assert.deepEqual(await page.inputValue('#words'), 'Суу келбей жатат', 'words')
  assert.deepEqual(await page.isChecked('#service'), true, 'service')
  assert.deepEqual(await page.inputValue('#email'), '', 'e-mail')
  await page.click('[data-draft-clear-button]')
  assert.deepEqual(await page.inputValue('#words'), '', 'words after clearing')
  await page.reload()
  await page.waitForTimeout(300)
  assert.deepEqual(await page.isVisible('[data-draft-restored]'), false, 'notice after clearing')
})

journey('what came with the link is not replaced by the draft', {}, async (context) => {
  const page = await freshReport(context)
  await page.check('#service')
  await page.waitForTimeout(700)
  await page.route('**/report.html?waste', async (route) => {
    const answer = await route.fetch({ url: `${url}/report.html` })
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<div class="govuk-error-summary">[\s\S]*?<\/div>\s*<\/div>\s*<\/div>/, '') })
  })
  await page.goto(`${url}/report.html?waste`)
  await until(() => page.isVisible('[data-draft-restored]'), 'notice')
  assert.deepEqual(await page.isChecked('#service-2'), true, 'service of the link')
})

journey('a report waits for the connection, survives closing the page, and is sent once with its key', {}, async (context) => {
  const page = await freshReport(context)
  await page.evaluate(() => { document.querySelector('form[data-draft]').insertAdjacentHTML('beforeend', '<input type="hidden" name="once" value="key-1">'); })
  await page.fill('#words', 'Жол бузулду')
  await page.fill('#email', 'a@example.org')
  /* A browser itself tries again on a connection that broke: all of that fails, too. */
  answers = Array(20).fill({ cut: true })
  await page.click('button[type=submit]')
  await until(() => page.isVisible('[data-send-waiting]'), 'notice of waiting')
  assert.deepEqual(await page.inputValue('#words'), 'Жол бузулду', 'words still there')
  const again = await freshReport(context)
  await page.close()
  await until(() => again.isVisible('[data-send-waiting]'), 'notice in the new page')
  assert.deepEqual(await again.inputValue('#email'), 'a@example.org', 'e-mail of what waits')
  await again.evaluate(() => { document.querySelector('form[data-draft]').insertAdjacentHTML('beforeend', '<input type="hidden" name="once" value="key-2">'); })
  answers = [{ name: '/case.html' }]
  await again.click('[data-send-now]')
  await again.waitForURL('**/case.html')
  assert.deepEqual(field(posts().at(-1).body, 'words'), 'Жол бузулду', 'words sent')
  const done = await freshReport(context)
  await done.waitForTimeout(300)
  assert.deepEqual(await done.inputValue('#words'), '', 'nothing left behind')
})

journey('the key of the first attempt travels with the draft', {}, async (context) => {
  const page = await context.newPage()
  let key = 0
  await page.route('**/report.html', async (route) => {
    if (route.request().method() !== 'GET') return route.fallback()
    const answer = await route.fetch()
    key += 1
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<div class="govuk-error-summary">[\s\S]*?<\/div>\s*<\/div>\s*<\/div>/, '').replace('</form>', `<input type="hidden" name="once" value="key-${key}"><input type="hidden" name="csrf" value="token-${key}"></form>`) })
  })
  await page.goto(`${url}/report.html`)
  await page.fill('#words', 'Чырак күйбөйт')
  answers = [{ state: 'later' }]
  await page.click('button[type=submit]')
  await until(() => page.isVisible('[data-send-waiting]'), 'waiting')
  await page.reload()
  await until(() => page.isVisible('[data-send-waiting]'), 'waiting after reload')
  await page.click('[data-send-now]')
  await page.waitForURL('**/case.html')
  assert.deepEqual(posts().map((p) => field(p.body, 'once')), ['key-1', 'key-1'], 'keys')
  assert.deepEqual(field(posts()[1].body, 'csrf'), 'token-2', 'token of the page at hand')
})

journey('two clicks send one report; the browser coming online sends what waits', {}, async (context) => {
  const page = await freshReport(context)
  await page.fill('#words', 'Бир жолу')
  await page.evaluate(() => { const b = document.querySelector('button[type=submit]'); b.click(); b.click(); })
  await page.waitForURL('**/case.html')
  assert.deepEqual(posts().length, 1, 'sent')
  const second = await freshReport(context)
  await second.fill('#words', 'Кийин')
  await context.setOffline(true)
  await second.click('button[type=submit]')
  await until(() => second.isVisible('[data-send-waiting]'), 'waiting')
  assert.deepEqual(posts().length, 1, 'nothing sent offline')
  await context.setOffline(false)
  await second.waitForURL('**/case.html')
  assert.deepEqual(posts().length, 2, 'sent when online')
})

journey('faults found by the server are shown in place, photos stay chosen, focus goes to the summary', {}, async (context) => {
  const page = await freshReport(context)
  await page.setInputFiles('#photo', { name: 'road.png', mimeType: 'image/png', buffer: picture(3000, 1500) })
  await until(async () => (await page.locator('.photos__item').count()) === 1, 'preview')
  const html = await (await fetch(`${url}/report.html`)).text()
  answers = [{ html: html.replace('<title>', '<title>Ката2: ') }]
  await page.click('button[type=submit]')
  await until(() => page.isVisible('.govuk-error-summary'), 'summary')
  assert.ok((await page.title()).startsWith('Ката2'), 'title')
  assert.deepEqual(await page.evaluate(() => document.activeElement.className), 'govuk-error-summary', 'focus')
  await until(async () => (await page.locator('.photos__item').count()) === 1, 'preview after the answer')
  await page.click('button[type=submit]')
  await page.waitForURL('**/case.html')
  const sent = posts().at(-1).body
  assert.ok(sent.includes('filename="road.jpg"') && sent.includes('Content-Type: image/jpeg'), 'photo sent as JPEG')
})

journey('photos are made smaller, counted and removable; what is no picture is refused in words', {}, async (context) => {
  const page = await freshReport(context)
  await page.setInputFiles('#photo', { name: 'a.png', mimeType: 'image/png', buffer: picture(3000, 1500) })
  await until(async () => (await page.locator('.photos__item').count()) === 1, 'preview')
  const size = await page.evaluate(async () => { const p = await createImageBitmap(document.querySelector('#photo').files[0]); return [p.width, p.height]; })
  assert.deepEqual(size, [2000, 1000], 'size')
  const photo = { name: 'b.png', mimeType: 'image/png', buffer: picture(40, 40) }
  await page.setInputFiles('#photo', [photo, photo, photo])
  await until(async () => (await page.locator('.photos__item').count()) === 3, 'three previews')
  assert.deepEqual(await page.textContent('[data-photos-fault]'), 'Үч сүрөттөн ашык тиркелбейт', 'too many')
  await page.click('.photos__item:first-child button')
  assert.deepEqual(await page.evaluate(() => document.querySelector('#photo').files.length), 2, 'files after removing')
  await page.setInputFiles('#photo', { name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await until(async () => (await page.textContent('[data-photos-fault]')).startsWith('Бул файлды'), 'unreadable')
  assert.deepEqual(await page.evaluate(() => document.querySelector('#photo').files.length), 2, 'good ones stay')
})

journey('the position of the phone moves the pin; arrow keys move it on; refusal is told in words', { geolocation: { latitude: 42.48, longitude: 78.38, accuracy: 12 }, permissions: ['geolocation'] }, async (context) => {
  const page = await freshReport(context)
  await page.click('[data-locate]')
  await until(async () => (await page.textContent('[data-locate-status]')).includes('12'), 'found')
  assert.deepEqual([await page.inputValue('[name=lat]'), await page.inputValue('[name=lon]')], ['42.48', '78.38'], 'fields')
  assert.deepEqual(await page.getAttribute('[data-pin]', 'transform'), 'translate(280 170)', 'pin in the middle')
  await page.focus('[data-pin-pad]')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowRight')
  assert.deepEqual([await page.inputValue('[name=lat]'), await page.inputValue('[name=lon]')], ['42.48188', '78.39143'], 'fields after keys')
  await context.clearPermissions()
  await page.reload()
  await page.click('[data-locate]')
  await until(async () => (await page.textContent('[data-locate-status]')).startsWith('Телефон уруксат'), 'denied')
})

journey('similar reports are offered as text, and only with addresses of our own', {}, async (context) => {
  const page = await freshReport(context)
  await page.check('#service')
  await page.selectOption('#village', '1')
  await until(() => got.some((g) => g.similar && g.similar.includes('service=water') && g.similar.includes('village=1')), 'asked')
  await until(async () => (await page.textContent('[data-similar-list]')).includes('<b>Окшош</b>'), 'shown as text')
  assert.deepEqual(await page.getAttribute('[data-similar-list] a', 'href'), '/case.html', 'address')
})

journey('work list: keys j k x / ? on either layout, range and all, count, switched off at will', { device: DESKTOP }, async (context) => {
  const page = await open(context, 'worklist')
  assert.deepEqual(await page.isVisible('[data-bulk]'), false, 'bulk bar before')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  assert.deepEqual(await page.locator('tr.is-active').getAttribute('class'), 'govuk-table__row is-active is-checked', 'second row')
  assert.deepEqual(await page.textContent('[data-bulk-count]'), 'Выбрано: 1', 'count')
  await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'о', code: 'KeyJ', bubbles: true })))
  assert.deepEqual(await page.evaluate(() => Array.from(document.querySelectorAll('[data-row]')).findIndex((r) => r.matches('.is-active'))), 2, 'Cyrillic layout')
  await page.check('#r1')
  await page.click('label[for=r4]', { modifiers: ['Shift'] })
  assert.deepEqual(await page.locator('[data-row] input:checked').count(), 4, 'range')
  assert.deepEqual(await page.isChecked('#all'), true, 'all')
  await page.keyboard.press('Escape')
  assert.deepEqual(await page.isVisible('[data-bulk]'), false, 'bulk bar after Escape')
  await page.keyboard.press('/')
  assert.deepEqual(await page.evaluate(() => document.activeElement.id), 'f-q', 'search')
  await page.keyboard.type('jx?')
  assert.deepEqual(await page.inputValue('#f-q'), 'jx?', 'typing is typing')
  await page.locator('#f-q').blur()
  await page.keyboard.press('?')
  assert.deepEqual(await page.isVisible('dialog'), true, 'help')
  await page.uncheck('#keys-on')
  await page.keyboard.press('Escape')
  await page.reload()
  await page.keyboard.press('j')
  assert.deepEqual(await page.locator('tr.is-active').count(), 0, 'keys are off')
})

journey('visits: kept without a signal, sent when it is back, with the time of the deed and one key', {}, async (context) => {
  const page = await open(context, 'visits')
  await context.setOffline(true)
  const before = Date.now()
  await page.click('button[value=done]')
  await until(() => page.isVisible('[data-unsent]'), 'unsent notice')
  assert.deepEqual(await page.textContent('[data-unsent-count]'), 'Жөнөтүлө элек: 1', 'count')
  assert.deepEqual(await page.textContent("[data-visit='1'] .tag"), 'Сакталды, жөнөтүлө элек', 'state')
  await context.setOffline(false)
  await until(() => posts().length === 1, 'sent')
  const body = posts()[0].body
  assert.deepEqual([field(body, 'outcome'), field(body, 'once')], ['done', 'demo-once-1'], 'what was sent')
  assert.ok(Number(field(body, 'at_ms')) >= before && Number(field(body, 'at_ms')) <= Date.now(), 'time of the deed')
  await until(async () => (await page.textContent("[data-visit='1'] .tag")) === 'Жөнөтүлдү', 'state sent')
  assert.deepEqual(await page.isVisible('[data-unsent]'), false, 'notice gone')
})

journey('visits: kept over a reload; an old token is renewed; an ended session loses nothing', {}, async (context) => {
  const page = await open(context, 'visits')
  const withToken = (value) => page.evaluate((v) => document.querySelector('[data-visit-form]').insertAdjacentHTML('beforeend', `<input type="hidden" name="csrf" value="${v}">`), value)
  await withToken('old')
  answers = [{ state: 'later' }]
  await page.click('button[value=missed]')
  await until(() => posts().length === 1, 'first attempt')
  const html = (await (await fetch(`${url}/visits.html`)).text()).replace('name="once"', 'name="csrf" value="new"><input type="hidden" name="once"')
  answers = [{ html }, { state: 'login' }]
  await page.reload()
  await until(() => posts().length === 3, 'renewed and tried')
  assert.deepEqual(posts().map((p) => field(p.body, 'csrf')), ['old', 'old', 'new'], 'tokens')
  await until(() => page.isVisible('[data-login-needed]'), 'log-in asked for')
  assert.deepEqual(await page.isVisible('[data-unsent]'), true, 'still kept')
  await page.click('[data-send-now]')
  await until(async () => (await page.textContent("[data-visit='1'] .tag")) === 'Жөнөтүлдү', 'sent after all')
  assert.deepEqual(await page.isVisible('[data-login-needed]'), false, 'log-in no longer asked for')
})

journey('visits: what the server refuses is said, and the form is there again', {}, async (context) => {
  const page = await open(context, 'visits')
  answers = [{ html: '<title>x</title><main><p>no</p></main>' }]
  await page.click('button[value=done]')
  await until(async () => (await page.textContent("[data-visit='1'] .tag")).startsWith('Кабыл алынган жок'), 'refused')
  assert.deepEqual(await page.isVisible('button[value=done]'), true, 'form again')
  assert.deepEqual(await page.isVisible('[data-unsent]'), false, 'not called unsent')
})

journey('notices close, links of the summary lead to fields, characters are counted, the question is asked', {}, async (context) => {
  const page = await open(context, 'reports')
  await page.click('[data-dismiss]')
  assert.deepEqual(await page.locator('[data-dismissible]').count(), 0, 'notice')
  const report = await open(context, 'report')
  assert.deepEqual(await report.evaluate(() => document.activeElement.className), 'govuk-error-summary', 'focus on faults')
  await report.click(".govuk-error-summary a[href='#words']")
  assert.deepEqual(await report.evaluate(() => document.activeElement.id), 'words', 'field')
  await report.fill('#words', 'алты!!')
  assert.ok((await report.textContent('#words + .govuk-hint')).startsWith('3994 '), 'count')
  const asked = await open(context, 'case')
  await asked.evaluate(() => { document.querySelector('form').dataset.confirm = 'Чынбы?'; })
  let question = ''
  asked.once('dialog', (dialog) => { question = dialog.message(); dialog.dismiss(); })
  await asked.click('button[value=yes]')
  assert.deepEqual([question, posts().length], ['Чынбы?', 0], 'refused')
  asked.once('dialog', (dialog) => dialog.accept())
  await asked.click('button[value=yes]')
  await until(() => posts().length === 1, 'sent after yes')
  assert.ok(posts()[0].body.includes('fixed=yes'), "the button's value is sent")
})

journey('an ordinary form is sent once however often it is pressed', {}, async (context) => {
  const page = await open(context, 'case')
  answers = [{ slow: true }]
  await page.evaluate(() => { const b = document.querySelector('button[value=yes]'); b.click(); setTimeout(() => b.click(), 100) })
  await page.waitForTimeout(900)
  assert.deepEqual(posts().length, 1, 'sent')
})
