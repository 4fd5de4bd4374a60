// Open311 GeoReport v2 over a running server, on both engines: every call of the standard in XML and JSON, under the
// country's address with jurisdiction_id and under a municipality's own; what it filters, what it refuses and how, and
// that nothing private comes out. Each answer is asked for in both formats, which must say the same.
import assert from 'node:assert/strict'
import { skip, test } from '../lib/tap.mjs'
import { engines, makeDemo, noPostgres, serve } from '../lib/program.mjs'
import { makeKey } from '../lib/key.mjs'
import { assertSame, child, parseXml } from '../lib/xml.mjs'

const UNIT = '41704235837000'
const OTHER = '41704235825000'
const ALL = '/open311/v2'
const OWN = `/m/${UNIT}/open311/v2`
const VILLAGE = '41704235837010'
const DAY = 86400000
const XML = 'text/xml; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'
// The W3C profile of ISO 8601, with a zone.
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/
const REQUEST = ['service_request_id', 'status', 'status_notes', 'service_name', 'service_code', 'description',
  'agency_responsible', 'service_notice', 'requested_datetime', 'updated_datetime', 'expected_datetime', 'address',
  'address_id', 'zipcode', 'lat', 'long', 'media_url']

function suite (engine) {
  let server, key

  async function send (path, { fields, body, headers } = {}) {
    const response = await fetch(new URL(path, server.url), {
      method: fields || body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { 'Accept-Language': 'en', ...headers, ...(fields ? { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' } : {}) },
      body: body ?? (fields ? new URLSearchParams(fields).toString() : undefined)
    })
    return { status: response.status, headers: response.headers, type: response.headers.get('content-type'), text: await response.text() }
  }

  // "/requests" with its query, in both formats: { json, xml, headers }.
  async function get (path, status = 200) {
    const [before, query] = path.split('?')
    const tail = query ? `?${query}` : ''
    const xml = await send(`${before}.xml${tail}`)
    const json = await send(`${before}.json${tail}`)
    assert.equal(xml.status, status, `${path}: ${xml.text.slice(0, 400)}`)
    assert.equal(json.status, status, `${path}: ${json.text.slice(0, 400)}`)
    assert.equal(xml.type, XML)
    assert.equal(json.type, JSON_TYPE)
    const both = { xml: parseXml(xml.text), json: JSON.parse(json.text), headers: json.headers, text: xml.text + json.text }
    assertSame(both.xml, both.json)
    return both
  }

  const list = async (query = '', base = OWN) => (await get(`${base}/requests${query}`)).json

  // Errors are a list of code and description, the code being the status, in both formats.
  async function refused (path, status, words) {
    const both = await get(path, status)
    assertErrors(both, status, words)
  }

  function assertErrors ({ xml, json }, status, words) {
    assert.equal(xml.name, 'errors')
    assert.ok(Array.isArray(json) && json.length > 0)
    for (const error of json) {
      assert.deepEqual(Object.keys(error), ['code', 'description'])
      assert.equal(error.code, String(status))
      assert.ok(error.description.length > 0)
    }
    if (words) assert.match(json.map((one) => one.description).join(' '), words)
  }

  async function post (fields, { base = OWN, status = 200, headers, format = 'json' } = {}) {
    const answer = await send(`${base}/requests.${format}`, { fields, headers })
    assert.equal(answer.status, status, answer.text.slice(0, 400))
    assert.equal(answer.type, format === 'json' ? JSON_TYPE : XML)
    return format === 'json' ? JSON.parse(answer.text) : parseXml(answer.text)
  }

  const sample = (more) => ({ api_key: key, service_code: 'water.leak', lat: '42.2', long: '75.7', ...more })

  function assertRequest (one, extended) {
    assert.deepEqual(Object.keys(one).slice(0, REQUEST.length), REQUEST)
    assert.equal(Object.keys(one).length, REQUEST.length + (extended ? 2 : 0))
    for (const name of REQUEST.filter((one) => !['lat', 'long'].includes(one))) {
      assert.ok(one[name] === null || typeof one[name] === 'string', `${name} is text`)
    }
    for (const name of ['service_request_id', 'service_code', 'service_name', 'agency_responsible', 'address']) {
      assert.ok(one[name].length > 0, name)
    }
    assert.ok(['open', 'closed'].includes(one.status))
    for (const name of ['requested_datetime', 'updated_datetime']) assert.match(one[name], TIME)
    if (one.expected_datetime !== null) assert.match(one.expected_datetime, TIME)
    for (const name of ['lat', 'long']) assert.ok(one[name] === null || typeof one[name] === 'number', name)
    assert.equal(one.lat === null, one.long === null)
    if (one.media_url !== null) assert.match(one.media_url, /^http/)
  }

  test(`${engine}: discovery names the endpoint and its formats, at every address`, async () => {
    server = await serve(await makeDemo(engine))
    for (const [path, base] of [['/open311/discovery', ALL], [`${ALL}/discovery`, ALL], [`${OWN}/discovery`, OWN]]) {
      const { json, xml } = await get(path)
      assert.equal(xml.name, 'discovery')
      assert.deepEqual(Object.keys(json), ['changeset', 'contact', 'key_service', 'endpoints'])
      assert.ok(json.changeset.length > 0, 'a sortable text')
      assert.equal(json.endpoints.length, 1)
      const [endpoint] = json.endpoints
      assert.equal(endpoint.specification, 'http://wiki.open311.org/GeoReport_v2')
      assert.equal(endpoint.type, 'test', 'a demonstration is no production')
      assert.deepEqual(endpoint.formats, ['text/xml', 'application/json'])
      assert.equal(new URL(endpoint.url).pathname, base)
      assert.equal(endpoint.changeset, json.changeset)
      assert.ok(json.contact.length > 0 && json.key_service.length > 0)
    }
  }, { seconds: 180 })

  test(`${engine}: services are listed alike under both addresses, and each is defined`, async () => {
    const own = await get(`${OWN}/services`)
    const all = await get(`${ALL}/services?jurisdiction_id=${UNIT}`)
    assert.deepEqual(own.json, all.json)
    assert.equal(own.xml.name, 'services')
    assert.ok(own.json.length > 20)
    assert.equal(new Set(own.json.map((one) => one.service_code)).size, own.json.length)
    for (const one of own.json) {
      assert.deepEqual(Object.keys(one),
        ['service_code', 'service_name', 'description', 'metadata', 'type', 'keywords', 'group'])
      assert.equal(typeof one.service_code, 'string')
      assert.equal(typeof one.metadata, 'boolean')
      assert.ok(['realtime', 'batch', 'blackbox'].includes(one.type))
      assert.ok(one.service_name.length > 0 && one.group.length > 0)
    }
    for (const { service_code: code } of own.json) {
      const { json, xml } = await get(`${OWN}/services/${encodeURIComponent(code)}`)
      assert.equal(xml.name, 'service_definition')
      assert.equal(json.service_code, code)
      const orders = json.attributes.map((one) => one.order)
      assert.deepEqual(orders, orders.map((_, i) => i + 1))
      for (const one of json.attributes) {
        assert.deepEqual(Object.keys(one),
          ['variable', 'code', 'datatype', 'required', 'datatype_description', 'order', 'description', 'values'])
        assert.ok(['string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist'].includes(one.datatype))
        assert.equal(typeof one.required, 'boolean')
        if (/list$/.test(one.datatype)) assert.ok(one.values.length > 0)
        for (const value of one.values) assert.deepEqual(Object.keys(value), ['key', 'name'])
      }
    }
  })

  test(`${engine}: a report goes in with a key from the page of keys, and comes out`, async () => {
    key = (await makeKey(server.url)).key
    const [sent] = await post(sample({
      description: 'Демо: суу агып жатат',
      address_string: 'Демо көчөсү 3',
      email: 'demo@kok-jar.demo',
      first_name: 'Демо',
      last_name: 'Айгүл',
      phone: '+996700123456',
      device_id: 'D-1',
      account_id: 'A-1',
      media_url: 'http://demo.example/photo.jpg',
      'attribute[village]': VILLAGE,
      'attribute[language][]': 'ru',
      'attribute[unknown]': 'is ignored'
    }))
    assert.deepEqual(Object.keys(sent), ['service_request_id', 'service_notice', 'account_id'])
    assert.equal(typeof sent.service_request_id, 'string')
    assert.equal(sent.account_id, null)
    for (const path of [`${OWN}/requests/${sent.service_request_id}`,
      `${ALL}/requests/${sent.service_request_id}?jurisdiction_id=${UNIT}`]) {
      const { json, xml, text } = await get(path)
      assert.equal(xml.name, 'service_requests')
      assert.equal(child(xml, 'request').children.length, REQUEST.length)
      assert.equal(json.length, 1)
      assertRequest(json[0])
      assert.equal(json[0].service_request_id, sent.service_request_id)
      assert.equal(json[0].service_code, 'water.leak')
      assert.equal(json[0].address_id, VILLAGE)
      assert.equal(json[0].status, 'open')
      assert.equal(json[0].description, null, 'words wait for a look')
      assert.equal(json[0].media_url, null, 'an address of a stranger is never shown')
      for (const hidden of ['Айгүл', '996700', 'demo@', 'суу агып', 'Демо көчөсү', 'photo.jpg', 'D-1']) {
        assert.ok(!text.includes(hidden), hidden)
      }
    }
    // The other two ways to say where, in XML.
    for (const [place, base] of [[{ address_string: 'Демо көчөсү 5' }, OWN], [{ address_id: VILLAGE, jurisdiction_id: UNIT }, ALL]]) {
      const xml = await post({ api_key: key, service_code: 'roads', description: 'Демо: жол бузулган', ...place }, { base, format: 'xml' })
      assert.equal(xml.name, 'service_requests')
      assert.match(child(child(xml, 'request'), 'service_request_id').text, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/)
    }
  })

  test(`${engine}: an Idempotency-Key keeps one report`, async () => {
    const headers = { 'Idempotency-Key': `open311-${engine}-1` }
    const [first] = await post(sample({ address_string: 'Демо 1' }), { headers })
    const [second] = await post(sample({ address_string: 'Демо 1' }), { headers })
    assert.equal(second.service_request_id, first.service_request_id)
    await post(sample({ address_string: 'Демо 2' }), { headers, status: 400 })
  })

  test(`${engine}: what waits for a look has a token, and the token no number yet`, async () => {
    const words = 'Демо: ушул эле сөздөр кайра-кайра келе берет, кимдир бирөө карап чыгышы керек'
    let reply
    for (let i = 0; i < 9 && !reply?.token; i++) [reply] = await post(sample({ description: words }))
    assert.deepEqual(Object.keys(reply), ['token', 'service_notice', 'account_id'], 'one of the two, never both')
    assert.equal(typeof reply.token, 'string')
    await refused(`${OWN}/tokens/${reply.token}`, 404)
    await refused(`${ALL}/tokens/${reply.token}?jurisdiction_id=${UNIT}`, 404)
    await refused(`${OWN}/tokens/nothing-such`, 404)
  })

  test(`${engine}: lists are filtered as the standard says`, async () => {
    const all = await list()
    assert.ok(all.length > 20)
    all.forEach((one) => assertRequest(one))
    assert.deepEqual(await list(`?jurisdiction_id=${UNIT}`, ALL), all)
    const times = all.map((one) => Date.parse(one.requested_datetime))
    assert.deepEqual(times, [...times].sort((a, b) => b - a), 'newest first')
    assert.ok(times.at(-1) > Date.now() - 91 * DAY, 'without dates the last 90 days')

    const open = await list('?status=open')
    const closed = await list('?status=closed')
    assert.ok(open.length > 0 && open.every((one) => one.status === 'open'))
    assert.ok(closed.length > 0 && closed.every((one) => one.status === 'closed'))
    assert.equal(open.length + closed.length, all.length)
    assert.deepEqual(await list('?status=open,closed'), all)

    const [one, two] = [...new Set(all.map((request) => request.service_code))]
    const coded = await list(`?service_code=${one},${two}`)
    assert.deepEqual(coded, all.filter((request) => [one, two].includes(request.service_code)))

    // The list of ids overrides everything else.
    const ids = [all[3], all[7]].map((request) => request.service_request_id)
    const chosen = await list(`?service_request_id=${ids.join(',')}&status=nonsense&service_code=none`)
    assert.deepEqual(new Set(chosen.map((request) => request.service_request_id)), new Set(ids))

    const middle = new Date(times[Math.trunc(times.length / 2)]).toISOString().replace(/\.\d+/, '')
    const after = await list(`?start_date=${middle}`)
    const before = await list(`?end_date=${middle}`)
    assert.ok(after.length > 0 && after.every((request) => Date.parse(request.requested_datetime) >= Date.parse(middle)))
    assert.ok(before.length > 0 && before.every((request) => Date.parse(request.requested_datetime) <= Date.parse(middle)))
    const week = new Date(Date.parse(middle) - 7 * DAY).toISOString().replace(/\.\d+Z/, '+00:00')
    const between = await list(`?start_date=${encodeURIComponent(week)}&end_date=${middle}`)
    assert.ok(between.length <= before.length)
    assert.deepEqual(await list('?start_date=1990-01-01T00:00:00Z&end_date=1990-02-01T00:00:00Z'), [])
  })

  test(`${engine}: lists come in pages with the address of the next`, async () => {
    const all = (await list()).map((one) => one.service_request_id)
    const seen = []
    let path = `${OWN}/requests?page_size=7`
    for (let page = 1; path; page++) {
      const { json, headers } = await get(path)
      assert.ok(json.length <= 7)
      seen.push(...json.map((one) => one.service_request_id))
      const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      path = next ? new URL(next).pathname.replace(/\.json$/, '') + new URL(next).search : null
      if (next) assert.equal(json.length, 7)
    }
    assert.deepEqual(seen, all)
    assert.deepEqual(await list('?page_size=5&page=2'), (await list()).slice(5, 10))
  })

  test(`${engine}: extensions hold the state and what was answered`, async () => {
    const extended = await list('?extensions=true&page_size=30')
    extended.forEach((one) => assertRequest(one, true))
    assert.ok(extended.some((one) => one.notes.length > 0))
    for (const one of extended) {
      assert.equal(one.extended_attributes.jurisdiction_id, UNIT)
      for (const note of one.notes) assert.match(note.datetime, TIME)
    }
  })

  test(`${engine}: private reports are never there`, async () => {
    const [secret] = await post(sample({ description: 'Демо: жашыруун', 'attribute[private]': 'yes' }))
    const id = secret.service_request_id
    await refused(`${OWN}/requests/${id}`, 404)
    await refused(`${ALL}/requests/${id}?jurisdiction_id=${UNIT}&extensions=true`, 404)
    assert.deepEqual(await list(`?service_request_id=${id}`), [])
    for (const query of ['', '?extensions=true', '?status=open', '?service_code=water.leak']) {
      assert.ok(!(await list(query)).some((one) => one.service_request_id === id), query)
    }
  })

  test(`${engine}: refusals have the standard's codes in both formats`, async () => {
    const id = (await list('?page_size=1'))[0].service_request_id
    // 404: a resource that is not there; unknown codes and jurisdictions are named so by the standard.
    await refused(`${ALL}/services?jurisdiction_id=99`, 404, /99/)
    await refused(`${ALL}/requests?jurisdiction_id=41704000000000`, 404)
    await refused(`${OWN}/services?jurisdiction_id=${OTHER}`, 404)
    await refused(`${OWN}/services/nothing.such`, 404, /nothing\.such/)
    await refused(`${OWN}/requests?service_code=nothing.such`, 404)
    await refused(`${OWN}/requests/0000-0000-0`, 404)
    await refused(`/m/${OTHER}/open311/v2/requests/${id}`, 404)
    await refused('/m/41799999999999/open311/v2/services', 404)
    await refused(`${OWN}/nothing`, 404)
    // 400: anything else.
    await refused(`${ALL}/services`, 400, /jurisdiction_id/)
    await refused(`${ALL}/requests`, 400)
    await refused(`${OWN}/requests?status=half`, 400, /half/)
    await refused(`${OWN}/requests?start_date=yesterday`, 400, /start_date/)
    await refused(`${OWN}/requests?start_date=2026-01-01`, 400)
    await refused(`${OWN}/requests?start_date=2026-01-01T00:00:00Z&end_date=2026-09-01T00:00:00Z`, 400, /90/)
    await refused(`${OWN}/requests?start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z`, 400)
    await refused(`${OWN}/requests?page_size=0`, 400, /page_size/)
    await refused(`${OWN}/requests?page=two`, 400)
    await refused(`${OWN}/requests?status=open&status=closed`, 400)
    assert.equal((await send(`${OWN}/services.yaml`)).status, 404)
  })

  test(`${engine}: what is sent wrongly is refused by name`, async () => {
    async function wrong (fields, status, words, options = {}) {
      for (const format of ['json', 'xml']) {
        const answer = await post(fields, { status, format, ...options })
        if (format === 'xml') {
          assert.equal(answer.name, 'errors')
          for (const error of answer.children) assert.equal(child(error, 'code').text, String(status))
        } else {
          assert.ok(answer.every((one) => one.code === String(status)))
          assert.match(answer.map((one) => one.description).join(' '), words)
        }
      }
    }
    await wrong({ ...sample(), api_key: '' }, 403, /api_key/)
    await wrong({ ...sample(), api_key: 'wrong' }, 403, /./)
    await wrong(sample(), 403, /./, { base: `/m/${OTHER}/open311/v2` })
    await wrong({ api_key: key, lat: '42.2', long: '75.7' }, 400, /service_code/)
    await wrong(sample({ service_code: 'nothing.such' }), 404, /nothing\.such/)
    await wrong({ api_key: key, service_code: 'water.leak' }, 400, /address_string/)
    await wrong({ api_key: key, service_code: 'water.leak', lat: '42.2' }, 400, /long/)
    await wrong(sample({ lat: 'north' }), 400, /lat/)
    await wrong(sample({ lat: '91' }), 400, /lat/)
    await wrong(sample({ description: 'x'.repeat(4001) }), 400, /description/)
    await wrong(sample({ email: 'nobody' }), 400, /email/)
    await wrong(sample({ media_url: 'file:///etc/passwd' }), 400, /media_url/)
    await wrong(sample({ 'attribute[private]': 'perhaps' }), 400, /private/)
    await wrong({ ...sample(), jurisdiction_id: '' }, 400, /jurisdiction_id/, { base: ALL })
    // A key in the address would end up in logs.
    const { api_key: _, ...rest } = sample()
    for (const format of ['json', 'xml']) {
      assert.equal((await send(`${OWN}/requests.${format}?api_key=${key}`, { fields: rest })).status, 403)
    }
  })

  test(`${engine}: a file is refused with words, and other bodies too`, async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries(sample())) form.append(name, value)
    form.append('media', new Blob(['demo'], { type: 'image/jpeg' }), 'photo.jpg')
    const upload = await send(`${OWN}/requests.json`, { body: form })
    assert.equal(upload.status, 400)
    assert.match(JSON.parse(upload.text)[0].description, /media_url/)
    for (const [body, type] of [['{}', 'application/json'], ['a=%zz', 'application/x-www-form-urlencoded'],
      [`description=${'x'.repeat(70000)}`, 'application/x-www-form-urlencoded']]) {
      for (const format of ['json', 'xml']) {
        const answer = await send(`${OWN}/requests.${format}`, { body, headers: { 'Content-Type': type } })
        assert.equal(answer.status, 400, `${type} ${format}`)
        const code = format === 'json' ? JSON.parse(answer.text)[0].code : child(parseXml(answer.text).children[0], 'code').text
        assert.equal(code, '400')
      }
    }
    const put = await fetch(new URL(`${OWN}/requests.xml`, server.url), { method: 'PUT', body: 'a=b' })
    assert.equal(put.status, 400)
    assert.equal(parseXml(await put.text()).name, 'errors')
  })

  test(`${engine}: every site may read it, and nobody's session matters`, async () => {
    const answer = await send(`${OWN}/services.json`, { headers: { Origin: 'https://other.example' } })
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    assert.equal(answer.headers.get('set-cookie'), null)
    assert.equal(await server.stop(), 0)
  })
}

for (const engine of engines) suite(engine)
if (!engines.includes('postgres')) skip('postgres: Open311 over a running server', noPostgres)
