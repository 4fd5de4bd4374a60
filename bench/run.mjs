#!/usr/bin/env node
// `make bench`: one run, one table; each figure beside the ceiling that was measured in the same run.
//
//   bench/run BUILD            BENCH_SECONDS=5 of load a figure, BENCH_ROUNDS=3,
//                              BENCH_LARGE=1 adds 450 municipalities with 2,000,000 reports, BENCH_PG=1 adds PostgreSQL
//
// The ceiling of a page is bare_server: the same statements and bytes, nothing else. Rounds take turns and the median
// counts. Requests are counted by the processor time that the server took (what two processors to itself would do): by
// the clock, a server with more threads takes more from whatever else runs. Intake is counted by the clock, because it
// waits for the disk. What a figure means stands in docs/bench.md.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { loadavg, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const build = resolve(process.argv[2] ?? 'build')
const seconds = Number(process.env.BENCH_SECONDS ?? 5)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const work = mkdtempSync(join(tmpdir(), 'aimak-bench-'))
const running = new Set()
const rows = []

function clean () {
  for (const child of running) child.kill('SIGKILL')
  rmSync(work, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))
process.on('exit', clean)

function must (file, args, options = {}) {
  const done = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options })
  if (done.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${done.error ?? done.status}\n${done.stderr}`)
  return done.stdout
}

// A server that prints "listening on http://...": { url, pid, ms }.
function serve (file, args) {
  const began = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', process.env.BENCH_LOG ? 'inherit' : 'ignore'] })
  running.add(child)
  child.on('exit', () => running.delete(child))
  return new Promise((resolve, reject) => {
    let text = ''
    child.on('exit', (code) => reject(new Error(`${file} ended (${code}) before it served`)))
    child.stdout.setEncoding('utf8').on('data', (more) => {
      const found = /listening on (http:\S+)/.exec(text += more)
      if (found) resolve({ url: found[1], pid: child.pid, ms: performance.now() - began, stop: () => new Promise((resolve) => child.on('exit', resolve).kill('SIGTERM')) })
    })
  })
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

function row (figure, value, ceiling, aim, unit, upper) {
  const ratio = ceiling ? (value / ceiling).toFixed(2) : ''
  const met = aim === undefined ? '' : (upper ? value <= aim : value / ceiling >= aim) ? 'met' : 'MISSED'
  rows.push([figure, `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`, ceiling ? ceiling.toFixed(0) : '', ratio,
    aim === undefined ? '' : upper ? `<= ${aim} ${unit}` : `>= ${aim}`, met])
}

// --- databases ---

// A data directory and an empty database: { name, data, args, copy, ... }.
function sqlitePlace (name) {
  const data = join(work, name)
  mkdirSync(data, { recursive: true })
  return {
    name,
    data,
    url: `sqlite:${join(data, 'aimak.db')}`,
    args: ['--db', `sqlite:${join(data, 'aimak.db')}`, '--data', data],
    processes: () => [],
    copy (to) {
      const other = sqlitePlace(to)
      for (const file of readdirSync(data)) if (!file.endsWith('.lock')) cpSync(join(data, file), join(other.data, file))
      return other
    },
    drop: () => rmSync(data, { recursive: true, force: true })
  }
}

const postgres = process.env.AIMAK_TEST_PG
const psql = (sql) => must('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, postgres])

function postgresPlace (name, template) {
  const database = `bench_${name.replace(/\W/g, '_').toLowerCase()}`
  const url = new URL(postgres)
  const data = join(work, name)
  url.pathname = `/${database}`
  mkdirSync(data, { recursive: true })
  psql(`CREATE DATABASE ${database}${template ? ` TEMPLATE ${template}` : ''}`)
  return {
    name,
    data,
    url: url.href,
    args: ['--db', url.href, '--data', data],
    // The work of PostgreSQL belongs to what it costs: the server and its processes.
    processes () {
      const server = Number(readFileSync(join(process.env.AIMAK_TEST_PG_DATA, 'postmaster.pid'), 'utf8').split('\n')[0])
      const parent = (pid) => { try { return stat(pid)[1] } catch { return '' } }
      return [server, ...readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parent(pid) === String(server)).map(Number)]
    },
    copy (to) {
      const other = postgresPlace(to, database)
      cpSync(join(data, 'key'), join(other.data, 'key'))
      return other
    },
    drop: () => psql(`DROP DATABASE ${database} WITH (FORCE)`)
  }
}

// --- processor time ---

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')

// Seconds that a process has taken, and those of its children that have ended.
function cpuSeconds (pids) {
  let sum = 0
  for (const pid of pids) {
    try {
      const fields = stat(pid)
      sum += [11, 12, 13, 14].reduce((all, i) => all + Number(fields[i]), 0) / 100
    } catch {} // ended: its parent has its time
  }
  return sum
}

// What two processors to itself would give: other work takes its share of the clock, not of this.
function wrk (server, place, paths, name) {
  const list = join(work, 'paths')
  const script = join(work, 'paths.lua')
  writeFileSync(list, paths.join('\n') + '\n')
  writeFileSync(script, `local paths = {}
for line in io.lines("${list}") do paths[#paths + 1] = line end
math.randomseed(7)
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
`)
  const before = cpuSeconds([server.pid, ...place.processes()])
  const out = must('wrk', ['-t2', '-c64', `-d${seconds}s`, '-s', script, server.url])
  if (/Non-2xx/.test(out)) throw new Error(`${name}: ${out}`)
  return 2 * Number(/(\d+) requests in/.exec(out)[1]) / (cpuSeconds([server.pid, ...place.processes()]) - before)
}

const aimak = join(build, 'aimak')
const tool = (name) => join(build, 'bench', name)

async function startUp (place, size) {
  const started = []
  for (let i = 0; i < 5; i++) {
    const once = await serve(aimak, ['serve', ...place.args, '--listen', '127.0.0.1:0'])
    started.push(once.ms)
    await once.stop()
  }
  row(`start-up, ${size}`, median(started), 0, undefined, 'ms')
}

const patterns = [
  ['municipality page', '/m/{unit}', 0.6],
  ['list of reports', '/m/{unit}/reports'],
  ['Open311 list', '/open311/v2/requests.json?jurisdiction_id={unit}']
]

async function pages (place, size) {
  const real = await serve(aimak, ['serve', ...place.args, '--listen', '127.0.0.1:0', '--no-rate-limits'])
  const units = await unitsOf(real)
  const bare = await serve(tool('bare_server'), [...place.args, '--listen', '127.0.0.1:0', '2', ...patterns.map((one) => one[1])])
  for (const [name, pattern, aim] of patterns) {
    const paths = units.map((code) => pattern.replace('{unit}', code))
    const values = { real: [], bare: [] }
    for (let i = 0; i < rounds; i++) {
      values.bare.push(wrk(bare, place, paths, name))
      values.real.push(wrk(real, place, paths, name))
    }
    row(`${name}, ${size}`, median(values.real), median(values.bare), aim, 'requests/s')
  }
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${real.pid}/status`, 'utf8'))[1]) / 1024
  row(`resident set under load, ${size}`, peak, 0, 150, 'MB', true)
  await weight(real.url + `/m/${units[0]}`, size)
  await bare.stop()
  await real.stop()
}

async function unitsOf (server) {
  const table = (await get(server.url + '/compare.csv')).bytes.toString()
  return table.trim().split(/\r?\n/).slice(1).map((line) => line.split(',')[0])
}

// --- report intake ---

// Numbers of all public reports, as the municipality's own table has them.
async function reportsThere (server, units) {
  const numbers = []
  for (const unit of units) {
    const table = (await get(`${server.url}/m/${unit}/reports.csv`)).bytes.toString()
    numbers.push(...table.split(/\r?\n/).slice(1).map((line) => line.split(',')[0].replaceAll('"', '')).filter(Boolean))
  }
  return numbers
}

// Every report that was acknowledged is there, once, and nothing else has come.
function checkReports (before, after, acknowledged) {
  const there = new Set(after)
  const lost = acknowledged.filter((number) => !there.has(number))
  if (lost.length) throw new Error(`${lost.length} acknowledged reports are gone, ${lost[0]} first`)
  if (new Set(acknowledged).size !== acknowledged.length || there.size !== after.length) throw new Error('a report is there twice')
  if (after.length - before.length !== acknowledged.length) throw new Error(`${after.length - before.length} new reports, ${acknowledged.length} acknowledged`)
}

async function takeReports (place) {
  const server = await serve(aimak, ['serve', ...place.args, '--listen', '127.0.0.1:0', '--trusted-proxy', '127.0.0.1'])
  const units = await unitsOf(server)
  const before = await reportsThere(server, units)
  const list = join(work, 'units')
  const receipts = join(work, 'receipts')
  writeFileSync(list, units.join('\n') + '\n')
  const out = must(tool('load_reports'), [new URL(server.url).port, list, '64', String(Math.max(30, seconds * 20)), receipts])
  const figures = new Map(out.trim().split('\n').map((line) => line.split('\t')).map((f) => [f[0], f.slice(1).map(Number)]))
  const acknowledged = readFileSync(receipts, 'utf8').trim().split('\n').map((line) => line.split(' ')[1])
  checkReports(before, await reportsThere(server, units), acknowledged)
  await server.stop()
  return figures
}

async function intake (place, size) {
  const values = { real: [], bare: [], forms: [], p99: [], refused: [] }
  for (let i = 0; i < Math.min(rounds, 3); i++) {
    const [rules, statements, served] = ['rules', 'statements', 'served'].map((use) => place.copy(`${place.name}-${use}-${i}`))
    const bare = must(tool('bare_writes'), [...rules.args, statements.url, '3200']).trim().split('\t').map(Number)
    const figures = await takeReports(served)
    values.bare.push(bare[1])
    values.real.push(figures.get('reports')[0])
    values.p99.push(figures.get('reports')[2])
    values.forms.push(figures.get('forms')[0])
    values.refused.push(figures.get('reports')[5])
    for (const copy of [rules, statements, served]) copy.drop()
  }
  row(`report intake, 64 clients, ${size}`, median(values.real), median(values.bare), 0.5, 'reports/s')
  row(`  slowest of 100, ${size}`, median(values.p99), 0, undefined, 'ms')
  row(`  sent again because the server was full, ${size}`, median(values.refused), 0, undefined, 'times')
  row(`  forms opened for it, ${size}`, median(values.forms), 0, undefined, 'forms/s')
}

// --- weight ---

// On a connection of its own: one that was kept may have been closed meanwhile. `wire`: all bytes that came, head included.
function get (address, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get(address, { agent: false, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => answer.statusCode === 200
        ? resolve({ bytes: Buffer.concat(chunks), wire: answer.socket.bytesRead, packed: answer.headers['content-encoding'] === 'gzip' })
        : reject(new Error(`${address}: ${answer.statusCode}`)))
    }).on('error', reject)
  })
}

// The page and everything it names (also fonts and pictures in its styles), as a phone receives them.
async function weight (url, size) {
  const phone = { 'Accept-Encoding': 'gzip' }
  const page = await get(url, phone)
  if (!page.packed) throw new Error('the page came uncompressed')
  const names = new Set([...(await get(url)).bytes.toString().matchAll(/(?:src|href)="(\/assets\/[^"#]+)/g)].map((found) => found[1]))
  for (const style of [...names].filter((name) => name.includes('.css'))) {
    const text = (await get(new URL(style, url))).bytes.toString()
    for (const found of text.matchAll(/url\(["']?(\/assets\/[^"')#]+)/g)) names.add(found[1])
  }
  let sum = page.wire
  for (const name of names) sum += (await get(new URL(name, url), phone)).wire
  row(`first page with ${names.size} files, ${size}`, sum / 1024, 0, 50, 'KB', true)
}

// --- statements ---

const costly = ['/m/{unit}', '/m/{unit}/reports', '/m/{unit}/reports/map', '/m/{unit}/services/water', '/m/{unit}/services/water/coverage',
  '/open311/v2/requests.json?jurisdiction_id={unit}', '/compare']

// Microseconds a page, by statement; the last line of a page is the whole of it, statements included.
function costs (place) {
  const out = must(tool('bench_queries'), [...place.args, '20', ...costly])
  return new Map(out.trim().split('\n').map((line) => line.split('\t')).map((f) => [`${f[1]} ${f[2]}`, Number(f[5])]))
}

function table (heads, lines) {
  const all = [heads, ...lines]
  const widths = heads.map((_, i) => Math.max(...all.map((line) => String(line[i]).length)))
  for (const line of all) console.log(line.map((cell, i) => i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])).join('  '))
}

async function main () {
  console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)} before, ${new Date().toISOString()}`)
  const sizes = [['50 x 100,000', 50, 100000, sqlitePlace]]
  if (process.env.BENCH_LARGE === '1') sizes.push(['450 x 2,000,000', 450, 2000000, sqlitePlace])
  if (process.env.BENCH_PG === '1') sizes.push(['50 x 100,000, PostgreSQL', 50, 100000, postgresPlace])
  const growth = []
  for (const [size, units, reports, make] of sizes) {
    const place = make(size.replace(/\W+/g, '-'))
    must(tool('bench_fill'), [...place.args, String(units), String(reports)])
    if (make === postgresPlace) psql('VACUUM ANALYZE')
    growth.push(costs(place))
    await startUp(place, size)
    await pages(place, size)
    if (units < 100) await intake(place, size)
    place.drop()
  }
  const store = must(tool('bench_store'), [join(work, 'store'), String(Math.max(2, seconds))])
  const figures = new Map(store.trim().split('\n').map((line) => line.split('\t')).map((f) => [f[0], Number(f[1])]))
  row('store: durable writes, 64 callers', figures.get('store_writes_64'), figures.get('store_ceiling_64'), 0.5, 'per s')
  const searches = must(tool('bench_law'), ['--db', `sqlite:${join(work, 'law.db')}`]).trim().split('\n').map((line) => line.split('\t'))
  for (const [kind, words, , ms, , ceiling] of searches) {
    if (kind === 'search') row(`search of 100,000 articles: ${words}`, Number(ms), Number(ceiling), 50, 'ms', true)
  }
  if (process.env.BENCH_RESULTS) { // participations; 10000000 takes a quarter of an hour and some GB
    const place = sqlitePlace('results')
    must(tool('bench_fill'), [...place.args, '450', '10'])
    for (const line of must(tool('bench_results'), [...place.args, '--participations', process.env.BENCH_RESULTS]).trim().split('\n')) {
      const [what, n, ms, ceiling, memory] = line.split('\t')
      if (ceiling === '-') console.log(`results: ${what}: ${n} in ${ms} ms, ${memory} MB`)
      else row(`results: ${what} (${n})`, Number(ms), Number(ceiling), undefined, 'ms')
    }
    place.drop()
  }
  table(['figure', 'value', 'ceiling', 'ratio', 'aim', ''], rows)
  console.log('\nmicroseconds a page, by statement')
  table(['statement', ...sizes.map((size) => size[0])], [...growth[0].keys()].map((name) => [name, ...growth.map((g) => (g.get(name) ?? 0).toFixed(0))]))
  console.log(`load ${loadavg()[0].toFixed(1)} after`)
}

main().then(() => process.exit(0), (error) => {
  if (rows.length) table(['figure', 'value', 'ceiling', 'ratio', 'aim', ''], rows)
  console.error(`bench: ${error.message}`)
  process.exit(1)
})
