// Runs the program under test: single commands, and servers on a free port with a database of their own.
//
// The build names the executable in AIMAK_BIN. On PostgreSQL each place is a new database made with
// AIMAK_TEST_PG, which tests/with-postgres exports.
import { spawn, spawnSync } from 'node:child_process'
import { cp, mkdtemp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { cleanup } from './tap.mjs'

export const binary = process.env.AIMAK_BIN ?? join(process.cwd(), 'build', 'aimak')
const patience = Number(process.env.AIMAK_TEST_PATIENCE ?? 1)

// The engines that can be tested here, and why the other one cannot.
export const engines = process.env.AIMAK_TEST_PG ? ['sqlite', 'postgres'] : ['sqlite']
export const noPostgres = 'AIMAK_TEST_PG is not set (tests/with-postgres sets it)'

function environment (extra = {}) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AIMAK_')))
  return { ...clean, AIMAK_PROGRESS: 'never', ...extra }
}

function psql (url, sql) {
  const done = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, url], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`psql: ${done.stderr ?? done.error}`)
}

// A data directory and an empty database, gone when the tests end. On PostgreSQL `base` is the server.
export async function makePlace (engine = 'sqlite', base = process.env.AIMAK_TEST_PG) {
  const data = await mkdtemp(join(tmpdir(), 'aimak-test-'))
  cleanup(() => rm(data, { recursive: true, force: true }))
  if (engine === 'sqlite') return { engine, data, db: `sqlite:${join(data, 'aimak.db')}` }
  const name = `test_${randomBytes(6).toString('hex')}`
  psql(base, `CREATE DATABASE ${name}`)
  cleanup(() => psql(base, `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(base)
  url.pathname = `/${name}`
  return { engine, data, db: url.href }
}

// A place with the demonstration in it. On SQLite it is made once for all tests of this build, and copied.
export async function makeDemo (engine = 'sqlite', base) {
  const place = await makePlace(engine, base)
  if (engine !== 'sqlite') {
    await mustRun(['demo'], place)
    return place
  }
  const { mtimeMs, size } = await stat(binary)
  const kept = join(process.env.AIMAK_BUILD ?? join(process.cwd(), 'build'), 'tests', `demo-${Math.trunc(mtimeMs)}-${size}`)
  if (!await stat(kept).catch(() => null)) {
    const fresh = `${kept}.${process.pid}`
    await mkdir(fresh, { recursive: true })
    await mustRun(['demo'], { data: fresh, db: `sqlite:${join(fresh, 'aimak.db')}` })
    // A test beside this one may have been faster: then its copy stays.
    await rename(fresh, kept).catch(() => rm(fresh, { recursive: true, force: true }))
  }
  await cp(kept, place.data, { recursive: true })
  return place
}

// The same records and files once more, under another name. Nobody may be serving the place.
export async function copyPlace (place, base = process.env.AIMAK_TEST_PG) {
  const copy = await makePlace(place.engine, base)
  if (place.engine !== 'sqlite') {
    const name = new URL(copy.db).pathname.slice(1)
    psql(base, `DROP DATABASE ${name}`)
    psql(base, `CREATE DATABASE ${name} TEMPLATE ${new URL(place.db).pathname.slice(1)}`)
  }
  await cp(place.data, copy.data, { recursive: true })
  return copy
}

// One command, to its end: { code, signal, stdout, stderr }.
export function run (args, place, { env = {}, input } = {}) {
  const options = place ? ['--data', place.data, '--db', place.db] : []
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...args, ...options], { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text })
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

export async function mustRun (args, place, options) {
  const done = await run(args, place, options)
  if (done.code !== 0) throw new Error(`aimak ${args.join(' ')} left with ${done.code ?? done.signal}:\n${done.stderr}`)
  return done
}

// A serving process on a free port. stop() ends it gently and resolves to its exit code; kill() does not ask.
// Without limits on how often one address may ask, unless limits: true.
export async function serve (place, { args = [], env = {}, limits = false } = {}) {
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', ...(limits ? [] : ['--no-rate-limits']), ...args,
    '--data', place.data, '--db', place.db],
  { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const server = { place, process: child, log: '', out: '', url: null }
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)))
  child.stderr.setEncoding('utf8').on('data', (text) => { server.log += text })
  server.ended = ended
  let asked = false
  // A process that dies by itself (a crash, a finding of a sanitizer) says why on standard error.
  ended.then((how) => {
    if (asked && (how === 0 || how === 'SIGKILL')) return
    for (const line of server.log.split('\n').filter((one) => one && !one.startsWith('{')).slice(0, 80)) console.log(`# ${line}`)
    console.log(`# the server ended: ${how}`)
  })
  server.stop = () => {
    asked = true
    child.kill('SIGTERM')
    return ended
  }
  server.kill = () => {
    asked = true
    child.kill('SIGKILL')
    return ended
  }
  cleanup(() => child.exitCode === null && child.signalCode === null ? server.kill() : undefined)
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`did not serve in time:\n${server.log}`)), 60000 * patience)
    child.stdout.setEncoding('utf8').on('data', (text) => {
      server.out += text
      const found = /listening on (http:\S+)/.exec(server.out)
      if (found) {
        server.url = found[1]
        clearTimeout(timer)
        resolve()
      }
    })
    ended.then((how) => {
      clearTimeout(timer)
      reject(new Error(`ended (${how}) before it served:\n${server.log}`))
    })
  })
  return server
}
