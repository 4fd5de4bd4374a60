// The browser harness itself: it must pass a good page and see what is wrong with bad ones.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test, cleanup } from '../lib/tap.mjs'
import { visit, assertAccessible, PHONE } from '../lib/browser.mjs'

const pages = {
  '/': '<!doctype html><html lang="ky"><meta name="viewport" content="width=device-width"><title>Айыл</title><main><h1>Салам</h1></main></html>',
  '/unlabelled': '<!doctype html><html><title>x</title><main><h1>x</h1><img src="/"><input></main></html>',
  '/inline': '<!doctype html><html lang="ky"><title>x</title><script>document.title = "y"</script></html>',
  '/broken': '<!doctype html><html lang="ky"><title>x</title><script src="/throws.js"></script></html>',
  '/favicon.ico': ' ',
  '/throws.js': 'throw new Error("thrown")'
}
const server = http.createServer((request, response) => {
  response.setHeader('content-type', request.url.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8')
  response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'; img-src 'self'")
  response.statusCode = pages[request.url] ? 200 : 404
  response.end(pages[request.url] ?? '')
}).listen(0, '127.0.0.1')
cleanup(() => server.close())
const url = () => `http://127.0.0.1:${server.address().port}`

test('a good page passes on a phone', () => visit({ url: url(), device: PHONE }, async (page) => {
  await page.goto('/')
  assert.equal(await page.textContent('h1'), 'Салам')
  assert.equal(await page.evaluate(() => innerWidth), 360)
  await assertAccessible(page)
}))

test('a page passes with JavaScript off', () => visit({ url: url(), script: false }, async (page) => {
  await page.goto('/inline')
  assert.equal(await page.title(), 'x')
}))

test('what axe finds is an error', () => assert.rejects(
  visit({ url: url() }, async (page) => {
    await page.goto('/unlabelled')
    await assertAccessible(page)
  }), /html-has-lang[^]*image-alt[^]*label/))

test('an inline script is an error', () => assert.rejects(
  visit({ url: url() }, (page) => page.goto('/inline')), /Content Security Policy/))

test('an error in a script is an error', () => assert.rejects(
  visit({ url: url() }, async (page) => {
    await page.goto('/broken')
    await page.waitForLoadState('load')
  }), /script error: thrown/))

test('an expected complaint is none', () => visit({ url: url(), expect: [/script error: thrown/] },
  async (page) => {
    await page.goto('/broken')
    await page.waitForLoadState('load')
  }))
