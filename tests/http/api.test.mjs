// The JSON API against its own document: every call of /api/v1/openapi.json is made, and every answer, errors too, must
// fit the schema that the document gives for its status. Members that the document does not name are faults.
import assert from 'node:assert/strict'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { test } from '../lib/tap.mjs'
import { makeDemo, serve } from '../lib/program.mjs'

const UNIT = '41704235837000'
let server, document, ajv

async function get (path, headers = {}) {
  const response = await fetch(new URL(path, server.url), { headers, redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : null }
}

// Nothing undeclared: the document itself stays open for later members.
function close (schema) {
  if (Array.isArray(schema)) return schema.map(close)
  if (schema === null || typeof schema !== 'object') return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  if (copy.type === 'object' && copy.properties) copy.additionalProperties = false
  return copy
}

function check (path, method, status, body) {
  const answer = document.paths[path]?.[method]?.responses[status]
  assert.ok(answer, `${method} ${path} says nothing of ${status}`)
  const schema = answer.content?.['application/json']?.schema
  if (!schema) return assert.equal(body, null, `${path} ${status} has no body`)
  const validate = ajv.getSchema(`aimak#${schema.$ref.slice(1)}`)
  assert.ok(validate, schema.$ref)
  assert.ok(validate(body), `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 400)}`)
}

test('the document can be read and its parts are there', async () => {
  server = await serve(await makeDemo())
  document = (await get('/api/v1/openapi.json')).json
  assert.equal(document.openapi, '3.1.0')
  ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true })
  addFormats(ajv)
  for (const word of ['components', 'openapi', 'info', 'servers', 'paths', 'example']) ajv.addKeyword(word)
  ajv.addSchema({ $id: 'aimak', components: close(document.components) })
  for (const name of Object.keys(document.components.schemas)) {
    assert.ok(ajv.getSchema(`aimak#/components/schemas/${name}`), name)
  }
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((call) => call.operationId))
  assert.equal(new Set(ids).size, ids.length)
}, { seconds: 120 })

// A value for each {name} and each parameter of the query, from the document's own examples.
function addressOf (path, call, number) {
  const values = { unit: UNIT, number }
  return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]))
}

test('every call answers as the document says, with each of its parameters', async () => {
  const cases = (await get(`/api/v1/municipalities/${UNIT}/cases?limit=5`)).json.items
  assert.ok(cases.length === 5)
  for (const [path, item] of Object.entries(document.paths)) {
    const call = item.get
    if (!call) continue
    const address = addressOf(path, call, cases[0].number)
    const plain = await get(address)
    assert.equal(plain.status, 200, address)
    check(path, 'get', 200, plain.json)
    if (plain.json.items) assert.ok(plain.json.items.length > 0, `${address} is empty`)
    const again = await get(address, { 'If-None-Match': plain.headers.get('etag') })
    assert.equal(again.status, 304, address)
    for (const parameter of call.parameters.filter((one) => one.in === 'query' && one.example)) {
      const filtered = await get(`${address}?${parameter.name}=${parameter.example}`)
      assert.equal(filtered.status, 200, `${address} ${parameter.name}`)
      check(path, 'get', 200, filtered.json)
    }
    const wrong = await get(`${address}?nonsense=1`)
    assert.equal(wrong.status, 400)
    check(path, 'get', 400, wrong.json)
    if (path.includes('{')) {
      const missing = await get(addressOf(path.replace('{unit}', '41799999999999'), call, '7K3M-Q4DA-N'))
      assert.equal(missing.status, 404, path)
      check(path, 'get', 404, missing.json)
    }
  }
})

test('all reports of the demonstration fit, page after page', async () => {
  let next = `/api/v1/municipalities/${UNIT}/cases?limit=20`
  let count = 0
  while (next) {
    const { json } = await get(new URL(next, server.url).pathname + new URL(next, server.url).search)
    check('/api/v1/municipalities/{unit}/cases', 'get', 200, json)
    count += json.items.length
    for (const one of json.items.slice(0, 3)) {
      const detail = await get(`/api/v1/cases/${one.number}`)
      check('/api/v1/cases/{number}', 'get', 200, detail.json)
    }
    next = json.next
  }
  assert.ok(count > 20, `${count}`)
})

test('a report without a key or sense is refused as the document says', async () => {
  const path = '/api/v1/municipalities/{unit}/cases'
  const address = new URL(addressOf(path, null), server.url)
  const send = async (body, headers = {}) => {
    const response = await fetch(address, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
    return { status: response.status, json: await response.json() }
  }
  for (const [body, headers, status] of [
    ['{"fault":"water.leak"}', {}, 401],
    ['{"fault":"water.leak"}', { Authorization: 'Bearer nobody' }, 403],
    ['{', { Authorization: 'Bearer nobody' }, 400]
  ]) {
    const answer = await send(body, headers)
    assert.equal(answer.status, status)
    check(path, 'post', status, answer.json)
  }
  const body = document.paths[path].post.requestBody.content['application/json'].schema
  assert.ok(ajv.compile(close(body)))
})
