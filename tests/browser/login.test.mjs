// Getting in and out: what a wrong password, a wrong code, too many attempts, a used link and a log-out look like to the
// person before the screen. With script and without.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { visit, assertAccessible, assertFits, PHONE, DESKTOP } from '../lib/browser.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { PASSWORD, enterCode, enterPassword, go } from '../lib/desk.mjs'

const place = await makeDemo()
const { url } = await serve(place)
const path = (page) => new URL(page.url()).pathname
const refused = [/422/]

for (const [name, device, script] of [['a desktop', DESKTOP, true], ['a phone without JavaScript', PHONE, false]]) {
  test(`a wrong password, a wrong code, then in and out again, on ${name}`, () => visit({ url, device, script, expect: refused, language: 'ru' }, async (page) => {
    const login = script ? 'head@kok-jar.demo' : 'officer@kok-jar.demo'
    await page.goto('/desk')
    assert.equal(path(page), '/login', 'the desk asks for the log-in')
    await enterPassword(page, login, 'не тот пароль')
    assert.match(await page.textContent('.govuk-error-summary'), /пароль/i)
    assert.equal(await page.inputValue('#login'), login, 'what was typed is still there')
    assert.equal(await page.inputValue('#password'), '', 'but not the password')
    if (script) await assertAccessible(page, 'log-in with a fault')
    await assertFits(page, 'log-in with a fault')

    await enterPassword(page, login)
    assert.equal(path(page), '/login/code')
    await page.goto('/desk')
    assert.equal(path(page), '/login/code', 'a password alone opens nothing')
    const shown = (await page.textContent('.notice .number')).replace(/\D/g, '')
    await page.fill('#code', shown === '000000' ? '000001' : '000000')
    await go(page, 'form[action="/login/code"] button[type=submit]')
    assert.ok(await page.$('.govuk-error-summary'), 'a wrong code is said')
    if (script) await assertAccessible(page, 'code with a fault')
    await enterCode(page)
    assert.equal(path(page), '/desk')
    assert.ok((await page.textContent('h1')).trim())

    await go(page, 'form[action="/logout"] button')
    assert.ok(await page.$('.notice--good'), 'leaving is confirmed')
    await page.goto('/desk')
    assert.equal(path(page), '/login', 'and out is out')
  }))
}

test('after too many attempts the page says in words to wait, and how long; even the right password waits', async () => {
  const strict = await serve(await makeDemo(), { limits: true })
  await visit({ url: strict.url, device: PHONE, language: 'ky', expect: [/422/, /429/] }, async (page) => {
    const status = async (password) => {
      await page.goto('/login')
      await page.fill('#login', 'provider@kok-jar.demo')
      await page.fill('#password', password)
      const [response] = await Promise.all([page.waitForNavigation(), page.click('form[action="/login"] button[type=submit]')])
      return response.status()
    }
    let tries = 0
    while (await status('туура эмес') !== 429) assert.ok(++tries < 20, 'guessing goes on and on')
    assert.ok(tries >= 3, 'a slip of the finger is no attack')
    assert.match(await page.textContent('main'), /\d+ (мүнөт|секунд)/, 'how long to wait')
    await assertFits(page, 'too many attempts')
    await assertAccessible(page, 'too many attempts')
    assert.equal(await status(PASSWORD), 429)
  })
  await strict.stop()
})

// The latest letter to this address, as it was written.
async function letter (page, address) {
  await page.goto('/demo/mail')
  return page.locator('article', { hasText: address }).first().textContent()
}

async function askForCode (page, address) {
  await page.goto('/login/email')
  await page.fill('#email', address)
  await go(page, 'form[action="/login/email"] button[type=submit]')
  assert.equal(path(page), '/login/email/code')
}

for (const script of [true, false]) {
  test(`a resident gets in by the code of a letter${script ? '' : ', without JavaScript'}`, () => visit({ url, device: PHONE, script, expect: [/422|403/] }, async (page) => {
    const address = script ? 'code@kok-jar.demo' : 'code-plain@kok-jar.demo'
    await askForCode(page, address)
    if (script) await assertAccessible(page, 'code of a letter')
    const form = page.url()
    const code = /(?<!\d)(\d{3} ?\d{3})(?!\d)/.exec(await letter(page, address))[1]
    await page.goto(form)
    const wrong = code.replace(/\d/, (d) => String((Number(d) + 1) % 10))
    await page.fill('#code', wrong)
    await go(page, 'form[action="/login/email/code"] button[type=submit]')
    assert.ok(await page.$('.govuk-error-summary'), 'a wrong code is said')
    await page.fill('#code', code)
    await go(page, 'form[action="/login/email/code"] button[type=submit]')
    await page.goto('/account')
    assert.equal(path(page), '/account', 'in')
    assert.match(await page.textContent('main'), new RegExp(address))
    await page.goto('/desk')
    assert.equal(await page.locator('.figures').count(), 0, 'a resident has no desk')
  }))

  test(`a link of a letter works once${script ? '' : ', without JavaScript'}`, () => visit({ url, device: PHONE, script, expect: [/410|404/] }, async (page, context) => {
    const address = script ? 'link@kok-jar.demo' : 'link-plain@kok-jar.demo'
    await askForCode(page, address)
    const link = /\/login\/link\/\S+/.exec(await letter(page, address))[0]
    await page.goto(link)
    await assertFits(page, 'link of a letter')
    await go(page, 'main form button[type=submit]')
    await page.goto('/account')
    assert.equal(path(page), '/account', 'in')
    await context.clearCookies()
    await page.goto(link)
    assert.equal(await page.locator('form[action^="/login/link/"]').count(), 0, 'a used link offers no way in')
    assert.ok(await page.$('main a[href="/login/email"]'), 'but the way to a new one')
    if (script) await assertAccessible(page, 'used link')
    await page.goto('/login/link/' + 'A'.repeat(43))
    assert.ok(await page.$('main a[href="/login/email"]'), 'an invented link is answered the same')
  }))
}

test('who is logged in sees every session and can end another', () => visit({ url, language: 'en' }, async (page, context) => {
  const address = 'sessions@kok-jar.demo'
  const enter = async (p) => {
    await askForCode(p, address)
    const link = /\/login\/link\/\S+/.exec(await letter(p, address))[0]
    await p.goto(link)
    await go(p, 'main form button[type=submit]')
  }
  await enter(page)
  await visit({ url, device: PHONE, language: 'en' }, async (other) => {
    await enter(other)
    await page.goto('/account')
    const rows = page.locator('section[aria-labelledby=sessions] li')
    assert.equal(await rows.count(), 2)
    assert.equal(await rows.locator('.tag--good').count(), 1, 'one is this one')
    await go(page, 'section[aria-labelledby=sessions] li form button')
    assert.equal(await rows.count(), 1)
    await other.goto('/account')
    assert.equal(path(other), '/login', 'the ended one is outside')
  })
}))
