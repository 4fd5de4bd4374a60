// What bad input gets: every route of the program, asked in ways that no page of ours asks, in three languages. Never a
// 500, never silence: a page with a heading in the visitor's language, or the error of the standard that the
// address speaks.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { makeDemo, mustRun, serve } from '../lib/program.mjs'
import { Visitor, ask, encode } from '../lib/http.mjs'

const unit = '41704235837000'
const languages = { ky: 'ky-KG', ru: 'ru-RU', en: 'en-GB' }
const FORM = 'application/x-www-form-urlencoded'

let server
let routes

async function start () {
  if (server) return
  const place = await makeDemo()
  routes = (await mustRun(['routes'])).stdout.trim().split('\n').map((line) => {
    const [method, path] = line.split(/\s+/)
    return { method, path }
  })
  server = await serve(place)
}

// Values that a pattern may meet, from plausible to rude.
const values = ['0', '-1', '99999999999999999999', 'water', unit, '41799999999999', 'K3M-nothing', 'x'.repeat(300), '%00', '%ff%fe', '%D2%A3%D3%A9',
  '..%2f..%2fetc%2fpasswd', "'%20OR%201=1", '%3Cscript%3E', 'a%2Fb', '%25', 'json', 'csv', 'xlsx']

const fill = (path, value) => path.replace(/\{[^}]+\}/g, value)
// With a municipality that exists, so that what stands behind it is reached too.
const fillBehind = (path, value) => path.replace('{unit}', unit).replace(/\{[^}]+\}/g, value)

async function check (method, path, options = {}) {
  const answer = await ask(server.url, path, { method, ...options })
  const what = `${method} ${path.slice(0, 120)}: ${answer.status}`
  const live = /^\/readyz|^\/healthz/.test(path)
  assert.ok(answer.status < 500 || (live && answer.status === 503) || answer.status === 501, `${what}\n${answer.text.slice(0, 400)}`)
  const type = answer.headers['content-type'] ?? ''
  if (answer.status >= 400 && method !== 'HEAD') {
    assert.ok(answer.text.length > 0, `${what}: an empty error`)
    if (type.startsWith('text/html')) assert.match(answer.text, /<h1[ >]/, `${what}: no heading`)
    else if (/json/.test(type)) assert.doesNotThrow(() => JSON.parse(answer.text), `${what}: broken JSON`)
    else assert.match(type, /^(text\/(plain|xml)|application\/xml)/, `${what}: ${type}`)
  }
  assert.ok(!/<script>/i.test(answer.text), `${what}: unescaped`)
  return answer
}

test('every route bears every value in its place', async () => {
  await start()
  for (const { path } of routes) {
    for (const value of path.includes('{') ? values : ['']) {
      await check('GET', fill(path, value))
      if (path.includes('{unit}')) await check('GET', fillBehind(path, value))
    }
  }
}, { seconds: 240 })

test('every route bears every method', async () => {
  await start()
  const headers = { Origin: server.url, 'Content-Type': FORM }
  for (const path of new Set(routes.map((route) => fillBehind(route.path, 'water')))) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get']) {
      await check(method, path, { headers, body: /POST|PUT|PATCH/.test(method) ? '' : undefined })
    }
  }
}, { seconds: 240 })

const bodies = {
  nothing: [FORM, ''],
  'no pairs': [FORM, '&&&==&='],
  'bad escapes': [FORM, 'words=%zz&service=%'],
  'bad UTF-8': [FORM, Buffer.from('words=\xff\xfe&service=\xc0\x80', 'latin1')],
  'escaped bad UTF-8': [FORM, 'words=%ff%fe&service=%c0%80'],
  'a NUL': [FORM, 'words=a%00b&service=water%00'],
  'names twice': [FORM, 'service=water&service=waste&words=a&words=b'],
  'wrong types': [FORM, 'lat=north&lon=1e999&began=yesterday&version=1.5&stars=many&hide=&page=-1'],
  'great numbers': [FORM, 'lat=91&lon=-181&began=99999999999999999999&id=-9223372036854775809'],
  'a long field': [FORM, encode({ service: 'water', words: 'ң'.repeat(9000) })],
  'many fields': [FORM, Array.from({ length: 3000 }, (_, i) => `f${i}=1`).join('&')],
  'too much': [FORM, 'words=' + 'a'.repeat(80 << 10)],
  'JSON that is none': ['application/json', '{"words": "a", '],
  'JSON that is deep': ['application/json', '['.repeat(5000)],
  'JSON of another shape': ['application/json', '[1, null, "x"]'],
  'XML': ['application/xml', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'],
  'a type of nobody': ['application/x-nothing', 'a'],
  'multipart without a boundary': ['multipart/form-data', '--x\r\n'],
  'multipart that breaks off': ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="words"\r\n\r\na'],
  'multipart with a file that is no picture': ['multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="photo"; filename="../a.jpg"\r\nContent-Type: image/jpeg\r\n\r\nno picture\r\n--x--\r\n']
}

test('every form and API bears every body, in three languages', async () => {
  await start()
  for (const [lang, accept] of Object.entries(languages)) {
    const visitor = new Visitor(server.url)
    const { csrf } = (await visitor.open(`/m/${unit}/report?service=water`), visitor.hidden)
    assert.ok(csrf)
    const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
    for (const route of routes.filter((one) => one.method !== 'GET')) {
      for (const [name, [type, body]] of Object.entries(bodies)) {
        for (const headers of [{}, { Origin: server.url }, { Origin: server.url, Cookie: cookie, 'X-CSRF-Token': csrf }]) {
          const sent = type === FORM && headers.Cookie && typeof body === 'string' && body.length < 70000 ? `${body}&csrf=${encodeURIComponent(csrf)}` : body
          const answer = await check(route.method, fillBehind(route.path, 'water'),
            { headers: { ...headers, 'Content-Type': type, 'Accept-Language': accept }, body: sent })
          if (answer.status >= 400 && /html/.test(answer.headers['content-type'] ?? '')) {
            assert.match(answer.text, new RegExp(`<html[^>]* lang="${lang}"`), `${route.path}, ${name}: language`)
          }
        }
      }
    }
  }
}, { seconds: 280 })

test('stale forms, links that expired and unknown addresses say so', async () => {
  await start()
  for (const accept of Object.values(languages)) {
    const headers = { 'Accept-Language': accept }
    assert.equal((await check('GET', '/nothing/here', { headers })).status, 404)
    assert.equal((await check('GET', '/m/41799999999999', { headers })).status, 404)
    assert.equal((await check('GET', '/c/7K3M-Q4DA-N', { headers })).status, 404)
    const stale = await check('POST', `/m/${unit}/report`,
      { headers: { ...headers, Origin: server.url, 'Content-Type': FORM }, body: encode({ service: 'water', words: 'Сакталсын', csrf: 'old' }) })
    assert.equal(stale.status, 422)
    assert.match(stale.text, /Сакталсын/, 'what was typed is kept')
    const foreign = await check('POST', `/m/${unit}/report`,
      { headers: { ...headers, Origin: 'https://elsewhere.example', 'Content-Type': FORM }, body: 'service=water' })
    assert.equal(foreign.status, 403)
  }
  assert.equal(await server.stop(), 0)
})
