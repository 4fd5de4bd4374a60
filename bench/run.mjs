#!/usr/bin/env node
// `make bench`: one run, one table; each figure beside the ceiling that was measured in the same run.
//
//   bench/run BUILD            BENCH_SECONDS=5 of load a figure, BENCH_ROUNDS=3, BENCH_LARGE=1 adds 450 municipalities with 2,000,000 reports
//
// The ceiling of a page is bare_server: the same statements and bytes, nothing else. Rounds take turns and the median
// counts. Requests are counted by the server's own processor time (what two processors to itself would do): by the clock,
// a server with more threads takes more from whatever else runs. What a figure means stands in docs/bench.md.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { loadavg, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

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

// Seconds of processor time that a process has taken.
function cpuSeconds (pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

// What two processors to itself would give: other work takes its share of the clock, not of this.
function wrk (server, paths, name) {
  const list = join(work, 'paths')
  const script = join(work, 'paths.lua')
  writeFileSync(list, paths.join('\n') + '\n')
  writeFileSync(script, `local paths = {}
for line in io.lines("${list}") do paths[#paths + 1] = line end
math.randomseed(7)
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
`)
  const before = cpuSeconds(server.pid)
  const out = must('wrk', ['-t2', '-c64', `-d${seconds}s`, '-s', script, server.url])
  if (/Non-2xx/.test(out)) throw new Error(`${name}: ${out}`)
  return 2 * Number(/(\d+) requests in/.exec(out)[1]) / (cpuSeconds(server.pid) - before)
}

async function pages (data, size) {
  const patterns = [['municipality page', '/m/{unit}'], ['list of reports', '/m/{unit}/reports']]
  const routes = must(join(build, 'aimak'), ['routes'])
  if (/\/open311\/v2\/requests/.test(routes)) patterns.push(['Open311 list', '/open311/v2/requests.json?jurisdiction_id={unit}'])
  else console.log('skipped: Open311 list: the program has no such route')
  const started = []
  for (let i = 0; i < 5; i++) {
    const once = await serve(join(build, 'aimak'), ['serve', '--data', data, '--listen', '127.0.0.1:0'])
    started.push(once.ms)
    await once.stop()
  }
  row(`start-up, ${size}`, median(started), 0, undefined, 'ms')
  const real = await serve(join(build, 'aimak'), ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-rate-limits'])
  const units = (await get(real.url + '/compare.csv')).bytes.toString().trim().split(/\r?\n/).slice(1).map((line) => line.split(',')[0])
  const bare = await serve(join(build, 'bench', 'bare_server'),
    ['--data', data, '--listen', '127.0.0.1:0', '2', ...patterns.map((one) => one[1])])
  for (const [name, pattern] of patterns) {
    const paths = units.map((code) => pattern.replace('{unit}', code))
    const values = { real: [], bare: [] }
    for (let i = 0; i < rounds; i++) {
      values.bare.push(wrk(bare, paths, name))
      values.real.push(wrk(real, paths, name))
    }
    row(`${name}, ${size}`, median(values.real), median(values.bare), pattern === '/m/{unit}' ? 0.6 : undefined, 'requests/s')
  }
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${real.pid}/status`, 'utf8'))[1]) / 1024
  row(`resident set under load, ${size}`, peak, 0, 150, 'MB', true)
  await weight(real.url + `/m/${units[0]}`, size)
  await bare.stop()
  await real.stop()
}

// On a connection of its own: one that was kept may have been closed meanwhile.
function get (address) {
  return new Promise((resolve, reject) => {
    http.get(address, { agent: false }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => answer.statusCode === 200
        ? resolve({ type: answer.headers['content-type'], bytes: Buffer.concat(chunks) })
        : reject(new Error(`${address}: ${answer.statusCode}`)))
    }).on('error', reject)
  })
}

// The page and everything it names, as a proxy that compresses would send it.
async function weight (url, size) {
  const fetchPacked = async (address) => {
    const { bytes, type } = await get(address)
    const text = /text|javascript|json|svg|xml/.test(type)
    return { bytes, size: text ? gzipSync(bytes, { level: 6 }).length : bytes.length }
  }
  const page = await fetchPacked(url)
  const names = new Set([...page.bytes.toString().matchAll(/(?:src|href)="(\/assets\/[^"#]+)/g)].map((found) => found[1]))
  let sum = page.size
  for (const name of names) sum += (await fetchPacked(new URL(name, url))).size
  row(`first page with ${names.size} files, compressed, ${size}`, sum / 1024, 0, 50, 'KB', true)
}

function costs (data) {
  const out = must(join(build, 'bench', 'bench_queries'), ['--data', data, '20', '/m/{unit}', '/m/{unit}/reports', '/compare'])
  return new Map(out.trim().split('\n').map((line) => line.split('\t')).map((f) => [`${f[1]} ${f[2]}`, Number(f[5])]))
}

function table (heads, lines) {
  const all = [heads, ...lines]
  const widths = heads.map((_, i) => Math.max(...all.map((line) => String(line[i]).length)))
  for (const line of all) console.log(line.map((cell, i) => i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])).join('  '))
}

async function main () {
  console.log(`${cpus().length} cores, load ${loadavg()[0].toFixed(1)} before, ${new Date().toISOString()}`)
  const sizes = [['50 x 100,000', 50, 100000]]
  if (process.env.BENCH_LARGE === '1') sizes.push(['450 x 2,000,000', 450, 2000000])
  const growth = []
  for (const [size, units, reports] of sizes) {
    const data = join(work, `data-${units}`)
    must(join(build, 'bench', 'bench_fill'), ['--data', data, String(units), String(reports)])
    growth.push(costs(data))
    await pages(data, size)
  }
  const store = must(join(build, 'bench', 'bench_store'), [join(work, 'store'), String(Math.max(2, seconds))])
  const figures = new Map(store.trim().split('\n').map((line) => line.split('\t')).map((f) => [f[0], Number(f[1])]))
  row('store: durable writes, 64 callers', figures.get('store_writes_64'), figures.get('store_ceiling_64'), 0.5, 'per s')
  table(['figure', 'value', 'ceiling', 'ratio', 'aim', ''], rows)
  console.log('not measured here: durable report intake over HTTP\n\nmicroseconds a page, by statement')
  table(['statement', ...sizes.map((size) => size[0])], [...growth[0].keys()].map((name) => [name, ...growth.map((g) => (g.get(name) ?? 0).toFixed(0))]))
  console.log(`load ${loadavg()[0].toFixed(1)} after`)
}

main().then(() => process.exit(0), (error) => {
  console.error(`bench: ${error.message}`)
  process.exit(1)
})
