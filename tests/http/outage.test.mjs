// What becomes of visitors when the disk is full or the database is gone: a plain 503 that says in their language
// what to do, reads that go on where they can, nothing half-saved, and recovery without a restart. The disk is "full"
// by the limit on the size of files that the system keeps for each process: no mount is needed, and a smaller limit
// is put on and taken off from outside while the program runs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { skip, test } from '../lib/tap.mjs'
import { binary, engines, makeDemo, mustRun, noPostgres, run, serve } from '../lib/program.mjs'
import { Visitor, ask, encode, logIn, once } from '../lib/http.mjs'
import { ownPostgres } from '../lib/postgres.mjs'
import { picture } from '../lib/picture.mjs'

const unit = '41704235837000'
const form = `/m/${unit}/report`
const languages = {
  ky: ['ky-KG', /Жөнөткөнүңүз сакталган жок/],
  ru: ['ru-RU', /Отправленное не сохранено/],
  en: ['en-GB', /What you sent was not saved/]
}
const patience = Number(process.env.AIMAK_TEST_PATIENCE ?? 1)
// A statement may take 5 s, an attempt to connect 2 s; with a turn to wait for and one try more.
const DEADLINE_MS = 12000 * patience

const report = (key, extra) => ({
  service: 'water',
  fault: 'water.leak',
  street: 'Демо көчөсү',
  words: `Демо кабар ${key}: суу агып жатат`,
  began: String(Date.now() - 60000),
  similar_seen: '1',
  once: key,
  ...extra
})

async function listed (server) {
  const answer = await ask(server.url, `/m/${unit}/reports.csv`)
  assert.equal(answer.status, 200)
  return new Set(answer.text.split(/\r?\n/).slice(1).map((line) => line.split(',')[0]).filter(Boolean))
}

// A 503 as everybody should get it: soon, with a time to try again, in the language and format that was asked for.
function assertOutage (answer, what, words) {
  assert.equal(answer.status, 503, `${what}: ${answer.status}\n${answer.text.slice(0, 600)}`)
  assert.match(answer.headers['retry-after'] ?? '', /^\d+$/, `${what}: no Retry-After`)
  const type = answer.headers['content-type'] ?? ''
  if (type.startsWith('text/html')) {
    assert.match(answer.text, /<h1[ >]/, `${what}: no heading`)
    if (words) assert.match(answer.text, words, `${what}: does not say that nothing was saved`)
  } else if (type.includes('json')) {
    const body = JSON.parse(answer.text)
    assert.equal(body.error?.status ?? Number(body[0]?.code), 503, what)
  } else {
    assert.match(type, /xml/, what)
    assert.match(answer.text, /<errors>\s*<error>\s*<code>503<\/code>\s*<description>[^<]+<\/description>/, what)
  }
}

// Until it answers with a status again; how long that took, in ms.
async function recovered (server, path, status = 200, seconds = 20) {
  const began = Date.now()
  for (;;) {
    const answer = await ask(server.url, path).catch((error) => ({ status: error.message }))
    if (answer.status === status) return Date.now() - began
    assert.ok(Date.now() - began < seconds * 1000 * patience, `${path} is ${answer.status} still, ${seconds} s after`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function limitFiles (server, bytes) {
  const done = spawnSync('prlimit', ['--pid', String(server.process.pid), `--fsize=${bytes}:`], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr ?? String(done.error))
}

// Stored files, whole or not; a directory that stays empty is no harm.
async function filesOf (place) {
  const all = await readdir(join(place.data, 'files'), { recursive: true })
  return all.filter((name) => name.length > 10).sort()
}

async function makeKey (server) {
  const head = await logIn(server.url, 'head@kok-jar.demo')
  await head.open('/desk/keys')
  const page = await head.post('/desk/keys', { name: 'Сыноо', contact: 'test@example.org', scope: unit, once: head.hidden.once })
  const key = /aimak_[\w-]{20,}/.exec(page.text)?.[0]
  assert.ok(key, `a key: ${page.status}`)
  return key
}

const multipart = (fields, file) => {
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`))
  return Buffer.concat([...parts,
    Buffer.from('--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'), file,
    Buffer.from('\r\n--x--\r\n')])
}

// Everything that writes, sent once each; what came back by name.
async function writeAll (server, visitors, key, keys) {
  const answers = {}
  for (const [lang, visitor] of Object.entries(visitors)) answers[`form ${lang}`] = await visitor.post(form, report(keys[lang]))
  const { ky } = visitors
  answers.photo = await ky.send(form, {
    method: 'POST',
    headers: { Origin: server.url, 'Content-Type': 'multipart/form-data; boundary=x' },
    body: multipart({ csrf: ky.hidden.csrf, ...report(keys.photo) }, picture(64, 48))
  })
  answers.api = await ask(server.url, `/api/v1/municipalities/${unit}/cases`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': keys.api },
    body: JSON.stringify({ fault: 'water.leak', words: 'Демо: суу агып жатат', street: 'Демо көчөсү' })
  })
  for (const format of ['json', 'xml']) {
    answers[`open311 ${format}`] = await ask(server.url, `/m/${unit}/open311/v2/requests.${format}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: encode({ api_key: key, service_code: 'water', address_string: 'Демо көчөсү', description: 'Демо: суу агып жатат' })
    })
  }
  return answers
}

test('sqlite: a full disk refuses writes plainly, reads go on, and it recovers by itself', async () => {
  const place = await makeDemo()
  const server = await serve(place)
  const key = await makeKey(server)
  const officer = await logIn(server.url, 'officer@kok-jar.demo')
  const visitors = {}
  for (const [lang, [accept]] of Object.entries(languages)) {
    visitors[lang] = new Visitor(server.url)
    visitors[lang].extra = { 'Accept-Language': accept }
    await visitors[lang].open(`${form}?service=water`)
  }
  const keys = Object.fromEntries(['ky', 'ru', 'en', 'photo', 'api'].map((name) => [name, once()]))
  const before = await listed(server)
  const files = await filesOf(place)

  limitFiles(server, 1)
  for (let round = 0; round < 3; round++) {
    for (const [name, answer] of Object.entries(await writeAll(server, visitors, key, keys))) {
      assertOutage(answer, name, languages[name.split(' ')[1]]?.[1])
    }
    const entering = new Visitor(server.url)
    await entering.open('/login')
    assertOutage(await entering.post('/login', { login: 'head@kok-jar.demo', password: 'kok-jar-demo' }), 'log-in')
  }
  for (const path of ['/', `/m/${unit}`, `/m/${unit}/reports`, `${form}?service=water`, '/compare', '/healthz', '/readyz', '/metrics',
    `/m/${unit}/open311/v2/requests.xml`, `/api/v1/municipalities/${unit}/cases`, '/compare.csv', '/open']) {
    assert.equal((await ask(server.url, path)).status, 200, `${path} is read while the disk is full`)
  }
  // A download is made on the disk first: it asks to come back later.
  assert.equal((await ask(server.url, '/open/figures.csv')).status, 503)
  const list = await officer.send(`/desk/${unit}/cases`)
  assert.equal(list.status, 200, 'who was logged in stays so, and reads')
  assert.deepEqual(await listed(server), before)
  assert.deepEqual(await filesOf(place), files, 'no file is left behind half-written')
  assert.equal(server.process.exitCode, null)

  limitFiles(server, 'unlimited')
  const answers = await writeAll(server, visitors, key, keys)
  const numbers = new Set()
  for (const [name, answer] of Object.entries(answers)) {
    assert.ok([200, 201, 303].includes(answer.status), `${name}, with room again: ${answer.status}\n${answer.text.slice(0, 600)}`)
    if (answer.status === 303) numbers.add(/^\/c\/([^/]+)\/sent$/.exec(answer.headers.location)[1])
  }
  assert.equal(numbers.size, 4)
  // Six sent from here and two kinds of Open311: each is there once, though it was tried four times.
  const fresh = [...await listed(server)].filter((one) => !before.has(one))
  assert.equal(fresh.length, Object.keys(answers).length)
  await logIn(server.url, 'deputy@kok-jar.demo')
  assert.match(server.log, /"event":"db\.sqlite"/)
  assert.equal(await server.stop(), 0)
  const doctor = await run(['doctor'], place)
  assert.equal(doctor.code, 0, doctor.stdout)
}, { seconds: 120 })

test('a start without room says so and leaves nothing broken', async () => {
  const place = await makeDemo()
  const full = spawnSync('sh', ['-c', 'ulimit -S -f 1; exec "$@"', 'sh', binary, 'backup', join(place.data, 'b.zip'),
    '--data', place.data, '--db', place.db], { encoding: 'utf8' })
  assert.ok([1, 3].includes(full.status), `backup left with ${full.status ?? full.signal}: ${full.stderr}`)
  assert.match(full.stderr, /\S/)
  assert.deepEqual((await readdir(place.data)).filter((name) => /zip/.test(name)), [], 'no half backup')
  const empty = spawnSync('sh', ['-c', 'ulimit -S -f 1; exec "$@"', 'sh', binary, 'migrate',
    '--data', join(place.data, 'new'), '--db', `sqlite:${join(place.data, 'new.db')}`], { encoding: 'utf8' })
  assert.equal(empty.status, 3, `${empty.signal} ${empty.stderr}`)
  await mustRun(['migrate', '--data', join(place.data, 'new'), '--db', `sqlite:${join(place.data, 'new.db')}`])
  assert.equal((await run(['doctor'], place)).code, 0)
}, { seconds: 60 })

if (!engines.includes('postgres')) {
  skip('postgres: outages', noPostgres)
} else {
  const postgres = ownPostgres()

  const setUp = async () => {
    const own = await postgres
    const place = { ...await makeDemo('postgres', own.url), engine: 'postgres' }
    const server = await serve(place)
    const visitors = {}
    for (const [lang, [accept]] of Object.entries(languages)) {
      visitors[lang] = new Visitor(server.url)
      visitors[lang].extra = { 'Accept-Language': accept }
      await visitors[lang].open(`${form}?service=water`)
    }
    return { own, server, visitors, key: await makeKey(server) }
  }

  // Pages, forms and APIs while the database is away; each within its deadline.
  const everythingIsAway = async ({ server, visitors, key }, keys) => {
    const timed = async (what, promise, words) => {
      const began = Date.now()
      assertOutage(await promise, what, words)
      assert.ok(Date.now() - began < DEADLINE_MS, `${what} took ${Date.now() - began} ms`)
    }
    assert.equal((await ask(server.url, '/healthz')).status, 200)
    assert.equal((await ask(server.url, '/readyz')).status, 503)
    assert.equal((await ask(server.url, '/metrics')).status, 200)
    await Promise.all([
      ...Object.entries(languages).flatMap(([lang, [accept, words]]) => [
        timed(`page ${lang}`, ask(server.url, `/m/${unit}`, { headers: { 'Accept-Language': accept } })),
        timed(`form ${lang}`, visitors[lang].post(form, report(keys[lang])), words)]),
      timed('api', ask(server.url, `/api/v1/municipalities/${unit}/cases`)),
      timed('open311 xml', ask(server.url, `/m/${unit}/open311/v2/requests.xml`)),
      timed('open311 json', ask(server.url, `/m/${unit}/open311/v2/requests.json`)),
      timed('open311 post', ask(server.url, `/m/${unit}/open311/v2/requests.xml`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: encode({ api_key: key, service_code: 'water', address_string: 'Демо', description: 'Демо: суу агып жатат' })
      })),
      ...Array.from({ length: 40 }, (_, i) => timed(`page ${i}`, ask(server.url, `/m/${unit}/reports`)))
    ])
  }

  const keysOf = () => Object.fromEntries(['ky', 'ru', 'en'].map((name) => [name, once()]))

  const sendAgain = async ({ server, visitors }, keys, before) => {
    const numbers = new Set()
    for (const lang of Object.keys(languages)) {
      for (let twice = 0; twice < 2; twice++) {
        const answer = await visitors[lang].post(form, report(keys[lang]))
        assert.equal(answer.status, 303, answer.text.slice(0, 600))
        numbers.add(answer.headers.location)
      }
    }
    assert.equal(numbers.size, 3)
    return [...await listed(server)].filter((one) => !before.has(one))
  }

  test('postgres: a database that stops is a 503 until it is back', async () => {
    const scene = await setUp()
    const before = await listed(scene.server)
    const keys = keysOf()
    scene.own.stop()
    try {
      await everythingIsAway(scene, keys)
    } finally {
      scene.own.start()
    }
    const ms = await recovered(scene.server, '/readyz')
    console.log(`# ready ${ms} ms after the database`)
    assert.equal((await ask(scene.server.url, `/m/${unit}`)).status, 200)
    assert.equal((await sendAgain(scene, keys, before)).length, 3)
    assert.equal(await scene.server.stop(), 0)
  }, { seconds: 180 })

  test('postgres: a database that freezes is a 503 within the deadline, and goes on when it thaws', async () => {
    const scene = await setUp()
    const before = await listed(scene.server)
    const keys = keysOf()
    scene.own.freeze()
    try {
      await everythingIsAway(scene, keys)
    } finally {
      scene.own.thaw()
    }
    const ms = await recovered(scene.server, '/readyz')
    console.log(`# ready ${ms} ms after the thaw`)
    assert.equal((await ask(scene.server.url, `/m/${unit}`)).status, 200)
    assert.equal((await sendAgain(scene, keys, before)).length, 3, 'what was unknown at the freeze is there once')
    assert.equal(await scene.server.stop(), 0)
  }, { seconds: 180 })

  test('postgres: a start without the database says so', async () => {
    const own = await postgres
    const { data } = await makeDemo('sqlite')
    own.stop()
    try {
      const { code, stderr } = await run(['serve', '--listen', '127.0.0.1:0'], { data, db: own.url })
      assert.equal(code, 3)
      assert.match(stderr, /PostgreSQL database does not answer/)
      assert.doesNotMatch(stderr, new RegExp(new URL(own.url).password), 'the password is not shown')
    } finally {
      own.start()
    }
  })
}
