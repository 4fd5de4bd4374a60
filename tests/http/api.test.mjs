// The JSON API against its own document, on both engines: every call of /api/v1/openapi.json is made, and every answer,
// errors too, must fit the schema that the document gives for its status. Members that the document does not name are
// faults. Then a program's life: a key from the page of keys, reports, the same report again, a key that is revoked.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { skip, test } from '../lib/tap.mjs'
import { engines, makeDemo, noPostgres, serve } from '../lib/program.mjs'
import { makeKey } from '../lib/key.mjs'

const UNIT = '41704235837000'
const OTHER = '41704235825000'
const REPORTS = '/api/v1/municipalities/{unit}/cases'

// One command line, to its end.
const shell = (command, cwd) => new Promise((resolve) => {
  execFile('bash', ['-c', command], { cwd }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
})

// Nothing undeclared: the document itself stays open for later members.
function close (schema) {
  if (Array.isArray(schema)) return schema.map(close)
  if (schema === null || typeof schema !== 'object') return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  if (copy.type === 'object' && copy.properties) copy.additionalProperties = false
  return copy
}

// A value for each {name} of a path.
const addressOf = (path, number, unit = UNIT) =>
  path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent({ unit, number }[name]))

class Api {
  constructor (server) {
    this.server = server
    this.seen = new Set() // "get /path 200": what was checked
  }

  async send (path, { method = 'GET', headers = {}, body, redirect = 'manual' } = {}) {
    const response = await fetch(new URL(path, this.server.url), { method, headers, body, redirect })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : null }
  }

  get (path, headers) {
    return this.send(path, { headers })
  }

  report (body, headers = {}, unit = UNIT) {
    return this.send(addressOf(REPORTS, null, unit), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
  }

  async read () {
    this.document = (await this.get('/api/v1/openapi.json')).json
    this.ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true })
    addFormats(this.ajv)
    for (const word of ['components', 'openapi', 'info', 'servers', 'paths', 'example']) this.ajv.addKeyword(word)
    this.ajv.addSchema({ $id: 'aimak', components: close(this.document.components) })
  }

  fits (schema, body, what) {
    const validate = this.ajv.getSchema(`aimak#${schema.slice(1)}`)
    assert.ok(validate, schema)
    assert.ok(validate(body), `${what}: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 400)}`)
  }

  // An answer to a call of the document: the status is documented, and the body fits.
  check (path, method, answer, status) {
    const what = `${method} ${path} ${status}`
    assert.equal(answer.status, status, `${what}: ${JSON.stringify(answer.json).slice(0, 300)}`)
    const documented = this.document.paths[path]?.[method]?.responses[status]
    assert.ok(documented, `the document says nothing of ${what}`)
    this.seen.add(what)
    const schema = documented.content?.['application/json']?.schema
    if (!schema) return assert.equal(answer.json, null, `${what} has no body`)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    this.fits(schema.$ref, answer.json, what)
    if (status >= 400) assert.equal(answer.json.error.status, status)
  }
}

function suite (engine) {
  let api, place

  test(`${engine}: the document can be read and its parts are there`, async () => {
    place = await makeDemo(engine)
    api = new Api(await serve(place))
    await api.read()
    assert.equal(api.document.openapi, '3.1.0')
    for (const name of Object.keys(api.document.components.schemas)) {
      assert.ok(api.ajv.getSchema(`aimak#/components/schemas/${name}`), name)
    }
    const ids = Object.values(api.document.paths).flatMap((item) => Object.values(item).map((call) => call.operationId))
    assert.equal(new Set(ids).size, ids.length)
  }, { seconds: 180 })

  test(`${engine}: every call answers as the document says, with each of its parameters`, async () => {
    const cases = (await api.get(`/api/v1/municipalities/${UNIT}/cases?limit=5`)).json.items
    assert.equal(cases.length, 5)
    for (const [path, item] of Object.entries(api.document.paths)) {
      const call = item.get
      if (!call) continue
      const address = addressOf(path, cases[0].number)
      const plain = await api.get(address)
      api.check(path, 'get', plain, 200)
      if (plain.json.items) assert.ok(plain.json.items.length > 0, `${address} is empty`)
      api.check(path, 'get', await api.get(address, { 'If-None-Match': plain.headers.get('etag') }), 304)
      for (const parameter of call.parameters.filter((one) => one.in === 'query')) {
        if (parameter.example !== undefined) {
          api.check(path, 'get', await api.get(`${address}?${parameter.name}=${encodeURIComponent(parameter.example)}`), 200)
        }
        for (const value of parameter.schema.enum ?? []) {
          api.check(path, 'get', await api.get(`${address}?${parameter.name}=${value}`), 200)
        }
        // Too long for a code, no number, no day: refused, and named.
        const wrong = await api.get(`${address}?${parameter.name}=${encodeURIComponent('«'.repeat(300))}`)
        api.check(path, 'get', wrong, 400)
        assert.equal(wrong.json.error.faults[0].name, parameter.name)
        api.check(path, 'get', await api.get(`${address}?${parameter.name}=1&${parameter.name}=2`), 400)
      }
      const wrong = await api.get(`${address}?nonsense=1`)
      api.check(path, 'get', wrong, 400)
      assert.equal(wrong.json.error.faults[0].name, 'nonsense')
      if (path.includes('{')) {
        api.check(path, 'get', await api.get(addressOf(path, '7K3M-Q4DA-N', '41799999999999')), 404)
      }
    }
  }, { seconds: 120 })

  test(`${engine}: a code that does not exist is told from one that is malformed`, async () => {
    for (const name of ['service', 'fault', 'village']) {
      const answer = await api.get(`/api/v1/municipalities/${UNIT}/cases?${name}=nothing_such`)
      api.check(REPORTS, 'get', answer, 422)
      assert.equal(answer.json.error.faults[0].name, name)
    }
  })

  test(`${engine}: a method that a path does not have is 405 and says which it has`, async () => {
    for (const [path, item] of Object.entries(api.document.paths)) {
      for (const method of ['PUT', 'DELETE', 'PATCH', ...(item.post ? [] : ['POST'])]) {
        const answer = await api.send(addressOf(path, 'x'), { method })
        assert.equal(answer.status, 405, `${method} ${path}`)
        api.fits('#/components/schemas/Error', answer.json, `${method} ${path}`)
        assert.match(answer.headers.get('allow'), /GET/)
      }
    }
  })

  test(`${engine}: all reports of the demonstration fit, page after page`, async () => {
    let next = `/api/v1/municipalities/${UNIT}/cases?limit=20`
    const numbers = new Set()
    while (next) {
      const answer = await api.get(new URL(next, api.server.url).pathname + new URL(next, api.server.url).search)
      api.check(REPORTS, 'get', answer, 200)
      for (const one of answer.json.items) {
        assert.ok(!numbers.has(one.number), `${one.number} comes twice`)
        numbers.add(one.number)
      }
      for (const one of answer.json.items.slice(0, 3)) {
        api.check('/api/v1/cases/{number}', 'get', await api.get(`/api/v1/cases/${one.number}`), 200)
      }
      next = answer.json.next
    }
    assert.ok(numbers.size > 20, `${numbers.size}`)
  })

  test(`${engine}: a key is made, reports are sent with it, and it ends`, async () => {
    const { key, revoke } = await makeKey(api.server.url)
    const bearer = { Authorization: `Bearer ${key}` }
    const body = { fault: 'water.leak', village: '41704235837010', street: 'Демо көчөсү 7', words: 'Демо: суу агып жатат', lang: 'ru' }
    const sent = api.document.paths[REPORTS].post.requestBody.content['application/json'].schema
    const fitsBody = api.ajv.compile(close(sent))
    assert.ok(fitsBody(body), 'the sample fits the document')

    const once = { ...bearer, 'Idempotency-Key': `demo-${engine}-0001` }
    const first = await api.report(body, once)
    api.check(REPORTS, 'post', first, 201)
    const again = await api.report(body, once)
    api.check(REPORTS, 'post', again, 200)
    assert.deepEqual([again.json.number, again.json.repeated], [first.json.number, true])
    api.check(REPORTS, 'post', await api.report({ ...body, words: 'Башка' }, once), 409)

    const detail = await api.get(`/api/v1/cases/${first.json.number}`)
    api.check('/api/v1/cases/{number}', 'get', detail, 200)
    assert.equal(detail.json.fault, 'water.leak')
    assert.equal(detail.json.municipality, UNIT)
    assert.equal(detail.json.words, null, 'words wait for a look')

    // What is private is kept, and no list tells of it.
    const secret = await api.report({ ...body, words: 'Демо: жашыруун', private: true }, bearer)
    api.check(REPORTS, 'post', secret, 201)
    api.check('/api/v1/cases/{number}', 'get', await api.get(`/api/v1/cases/${secret.json.number}`), 404)
    const list = (await api.get(`/api/v1/municipalities/${UNIT}/cases?limit=10`)).json.items.map((one) => one.number)
    assert.ok(list.includes(first.json.number) && !list.includes(secret.json.number))

    api.check(REPORTS, 'post', await api.report(body), 401)
    api.check(REPORTS, 'post', await api.report(body, { Authorization: 'Bearer nobody' }), 403)
    api.check(REPORTS, 'post', await api.report(body, bearer, OTHER), 403)
    api.check(REPORTS, 'post', await api.report('{', bearer), 400)
    api.check(REPORTS, 'post', await api.report({ ...body, colour: 'red' }, bearer), 400)
    api.check(REPORTS, 'post', await api.report({ ...body, lat: 'north' }, bearer), 400)
    const nothing = await api.report({}, bearer)
    api.check(REPORTS, 'post', nothing, 422)
    assert.ok(nothing.json.error.faults.length > 0)
    api.check(REPORTS, 'post', await api.report(body, bearer, '41799999999999'), 404)
    api.check(REPORTS, 'post', await api.report({ ...body, words: 'x'.repeat(70000) }, bearer), 413)

    await revoke()
    api.check(REPORTS, 'post', await api.report(body, bearer), 403)
  })

  // Whoever copies a line of the page gets what the page promises.
  test(`${engine}: every curl line of docs/api.md works`, async () => {
    const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8')
    const lines = page.replaceAll('\\\n', ' ').split('\n').filter((line) => line.startsWith('    curl '))
    const { key } = await makeKey(api.server.url, { name: 'Демо бет' })
    const folder = await mkdtemp(join(tmpdir(), 'aimak-docs-'))
    try {
      assert.ok(lines.length >= 10)
      for (const line of lines) {
        const command = line.trim().replace('curl ', 'curl -sS --fail-with-body ')
          .replace('http://127.0.0.1:8080', api.server.url.replace(/\/$/, '')).replace(/\bKEY\b/, key)
        const { code, stdout, stderr } = await shell(command, folder)
        assert.equal(code, 0, `${line}\n${stdout}${stderr}`)
        const file = /-O '[^']*\/([^'/?]+)/.exec(line)?.[1]
        const size = file ? (await stat(join(folder, file))).size : stdout.length
        assert.ok(size > 100, `${line}: ${size} bytes`)
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test(`${engine}: who asks too much hears when to come back`, async () => {
    await api.server.stop()
    api.server = await serve(place, { limits: true })
    let answer
    for (let i = 0; i < 60 && answer?.status !== 429; i++) {
      answer = await api.report({ fault: 'water.leak' }, { Authorization: `Bearer wrong-${i}` })
    }
    api.check(REPORTS, 'post', answer, 429)
    assert.match(answer.headers.get('retry-after'), /^\d+$/)
  }, { seconds: 180 })

  test(`${engine}: nothing of the document was left out`, async () => {
    // 503 needs a lost database (tests/http/outage.test.mjs); 429 is the same for every call; 422 and 304 where it applies.
    for (const [path, item] of Object.entries(api.document.paths)) {
      for (const [method, call] of Object.entries(item)) {
        for (const status of Object.keys(call.responses)) {
          if (status === '503' || (method === 'get' && ['422', '429'].includes(status))) continue
          assert.ok(api.seen.has(`${method} ${path} ${status}`), `${method} ${path} ${status} was never seen`)
        }
      }
    }
    assert.equal(await api.server.stop(), 0)
  })
}

for (const engine of engines) suite(engine)
if (!engines.includes('postgres')) skip('postgres: the API against its document', noPostgres)
