// What was acknowledged stays, whatever happens: the serving process is killed under load, on both engines, and
// started again. Two invariants (every acknowledged report is there once; what is there twice was never
// sent twice): a form that is sent again with its key leads to the same report, and the number of reports grows by
// exactly the number of keys.
import assert from 'node:assert/strict'
import http from 'node:http'
import { randomInt } from 'node:crypto'
import { test, skip } from '../lib/tap.mjs'
import { engines, makeDemo, noPostgres, serve } from '../lib/program.mjs'
import { Visitor, once } from '../lib/http.mjs'

const unit = '41704235837000'
const form = `/m/${unit}/report`
const CLIENTS = 24
const ROUNDS = 4

const number = (answer) => /^\/c\/([^/]+)\/sent$/.exec(answer.headers.location ?? '')?.[1]

// Each from an address of its own: one address may report only so often.
function visitor (server, agent) {
  return new Visitor(server.url, { agent, address: `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` })
}

async function open (server, agent) {
  const person = visitor(server, agent)
  const page = await person.open(`${form}?service=water`)
  assert.equal(page.status, 200)
  assert.ok(person.hidden.csrf, 'the form has a token')
  return person
}

function send (person, report) {
  person.extra = { 'X-Forwarded-For': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` }
  return person.post(form, {
    service: 'water',
    fault: 'water.leak',
    street: 'Демо көчөсү',
    words: `Демо кабар ${report.key}: суу агып жатат, кошуналар да айтып жатышат`,
    began: String(Date.now() - 60000),
    similar_seen: '1',
    once: report.key
  })
}

// Reports without end, until the process is gone; what became of each stands in `reports`.
async function load (server, agent, reports, killed) {
  const person = await open(server, agent)
  while (!killed()) {
    const report = { key: once(), number: null, refused: null }
    reports.push(report)
    try {
      const answer = await send(person, report)
      report.number = answer.status === 303 ? number(answer) : null
      report.refused = report.number ? null : answer.status
    } catch {
      return // nobody knows what became of this one
    }
  }
}

async function reportsThere (server) {
  const answer = await visitor(server).send(`/m/${unit}/reports.csv`)
  assert.equal(answer.status, 200)
  return new Set(answer.text.split(/\r?\n/).slice(1).map((line) => line.split(',')[0].replaceAll('"', '')).filter(Boolean))
}

async function survivesKills (engine) {
  const place = await makeDemo(engine)
  const args = ['--trusted-proxy', '127.0.0.1']
  const reports = []
  let server = await serve(place, { args })
  const before = await reportsThere(server)
  for (let round = 0; round < ROUNDS; round++) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS })
    const known = reports.length
    let dead = false
    const clients = Array.from({ length: CLIENTS }, () => load(server, agent, reports, () => dead))
    const target = randomInt(60, 200)
    while (reports.slice(known).filter((r) => r.number).length < target) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await server.kill()
    dead = true
    await Promise.allSettled(clients)
    agent.destroy()
    server = await serve(place, { args })
    const person = await open(server)
    const there = await reportsThere(server)
    for (const report of reports.slice(known)) {
      // On a slow machine a full queue may turn a client away: that is said, and nothing was acknowledged.
      assert.ok(report.refused === null || report.refused === 503, `a report was refused with ${report.refused}`)
      if (report.number) assert.ok(there.has(report.number), `${report.number} was acknowledged and is gone`)
      // Once more with the same key: the same report, or the first time that it is kept.
      const again = await send(person, report)
      assert.equal(again.status, 303)
      if (report.number) assert.equal(number(again), report.number)
      report.number = number(again)
    }
  }
  const numbers = new Set(reports.map((report) => report.number))
  assert.equal(numbers.size, reports.length, 'two keys lead to one report')
  const after = await reportsThere(server)
  const fresh = [...after].filter((one) => !before.has(one))
  assert.deepEqual(fresh.filter((one) => !numbers.has(one)), [], 'reports that nobody sent')
  assert.equal(fresh.length, numbers.size)
  assert.equal(await server.stop(), 0)
}

for (const engine of ['sqlite', 'postgres']) {
  const name = `${engine}: killed under load, every acknowledged report is there once`
  if (engines.includes(engine)) test(name, () => survivesKills(engine), { seconds: 120 })
  else skip(name, noPostgres)
}
