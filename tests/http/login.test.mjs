// The way in, from its rough side: more log-ins at once than anybody needs, and links that are garbled.
import assert from 'node:assert/strict'
import { test } from '../lib/tap.mjs'
import { makeDemo, serve } from '../lib/program.mjs'
import { Visitor, ask, logIn } from '../lib/http.mjs'

const unit = '41704235837000'
const languages = { ky: 'ky-KG', ru: 'ru-RU', en: 'en-GB' }
const patience = Number(process.env.AIMAK_TEST_PATIENCE ?? 1)

function assertPlain (answer, what, lang) {
  assert.ok(answer.status < 500, `${what}: ${answer.status}\n${answer.text.slice(0, 600)}`)
  if (answer.status < 400 || !/html/.test(answer.headers['content-type'] ?? '')) return
  assert.match(answer.text, /<h1[ >]/, `${what}: no heading`)
  if (lang) assert.match(answer.text, new RegExp(`<html[^>]* lang="${lang}"`), `${what}: language`)
}

test('many log-ins at once are bounded, and say so plainly', async () => {
  const server = await serve(await makeDemo())
  const visitors = await Promise.all(Array.from({ length: 80 }, async () => {
    const visitor = new Visitor(server.url)
    await visitor.open('/login')
    return visitor
  }))
  let answered = false
  const burst = Promise.all(visitors.map((visitor, i) =>
    visitor.post('/login', { login: 'officer@kok-jar.demo', password: i % 4 ? 'wrong-password' : 'kok-jar-demo' }))).then((all) => {
    answered = true
    return all
  })
  const probes = []
  while (!answered) {
    const began = Date.now()
    assert.equal((await ask(server.url, '/healthz')).status, 200)
    assert.equal((await ask(server.url, `/m/${unit}`)).status, 200)
    probes.push(Date.now() - began)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const counts = {}
  for (const answer of await burst) {
    counts[answer.status] = (counts[answer.status] ?? 0) + 1
    assert.ok([303, 422, 429, 503].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`)
    if (answer.status === 429 || answer.status === 503) {
      assert.match(answer.headers['retry-after'] ?? '', /^\d+$/)
      assert.match(answer.text, /<h1[ >]/)
    }
  }
  console.log(`# ${JSON.stringify(counts)}; others waited ${Math.max(...probes)} ms at most`)
  assert.ok((counts[429] ?? 0) + (counts[503] ?? 0) > 0, 'a flood is turned away')
  assert.ok(Math.max(...probes) < 3000 * patience, 'pages are answered meanwhile')
  await logIn(server.url, 'head@kok-jar.demo')
  assert.equal(await server.stop(), 0)
})

test('links that are garbled, used or of somebody else say what to do', async () => {
  const server = await serve(await makeDemo())
  for (const [lang, accept] of Object.entries(languages)) {
    for (const token of ['x', 'A'.repeat(43), 'A'.repeat(44), '%ff', '%00', '..%2f', 'я', '<script>'].map(encodeURI)) {
      const visitor = new Visitor(server.url)
      visitor.extra = { 'Accept-Language': accept }
      const shown = await visitor.open(`/login/link/${token}`)
      assertPlain(shown, `link ${token}`, lang)
      assert.ok(shown.status >= 400, `link ${token}: ${shown.status}`)
      await visitor.open('/login') // has a token
      const answer = await visitor.post(`/login/link/${token}`, {})
      assertPlain(answer, `link ${token}`, lang)
      const stale = await visitor.post(`/login/link/${token}`, { csrf: '' })
      assert.ok(stale.status >= 400, `link ${token} from a stale page: ${stale.status}`)
      assert.ok(answer.status >= 400 || /^\/login/.test(answer.headers.location ?? ''), `link ${token}: ${answer.status}`)
      assert.ok(!visitor.cookies.has('session'), 'nobody is logged in by it')
      for (const path of [`/c/0000-0000-0?key=${token}`, `/m/${unit}/trail/proof/${token}`, `/c/${token}/photo/1`, `/m/${unit}/open311/v2/tokens/${token}.json`]) {
        const seen = await visitor.send(path)
        assertPlain(seen, path)
        assert.ok(seen.status >= 300, `${path}: ${seen.status}`)
      }
    }
  }
  assert.equal(await server.stop(), 0)
})
