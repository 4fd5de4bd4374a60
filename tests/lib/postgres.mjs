// A PostgreSQL of a test's own, which it may stop, start and freeze while others use theirs.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cleanup } from './tap.mjs'

const script = join(process.env.AIMAK_SOURCE ?? process.cwd(), 'tests', 'with-postgres')

// The server and all its processes: each has a session of its own, so a signal to the group reaches only one.
function family (leader) {
  const found = [leader]
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
      if (Number(fields[1]) === leader) found.push(Number(name))
    } catch {
      // gone meanwhile
    }
  }
  return found
}

// { url, stop(), start(), freeze(), thaw() }; gone when the tests end.
export async function ownPostgres () {
  const holder = spawn(script, ['sh', '-c', 'printf "%s\\n" "$AIMAK_TEST_PG" "$AIMAK_TEST_PG_DATA" "$AIMAK_TEST_PG_BIN"; cat >/dev/null'],
    { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => holder.on('close', resolve))
  const lines = await new Promise((resolve, reject) => {
    let text = ''
    holder.stdout.setEncoding('utf8').on('data', (part) => {
      text += part
      const all = text.split('\n')
      if (all.length > 3) resolve(all)
    })
    ended.then((code) => reject(new Error(`tests/with-postgres left with ${code}`)))
  })
  const [url, data, bin] = lines
  const leader = () => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  const signal = (name) => {
    // Frozen from the top down and thawed from the bottom up: none is made or missed in between.
    const all = family(leader())
    for (const pid of name === 'SIGCONT' ? all.reverse() : all) {
      try {
        process.kill(pid, name)
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
    }
  }
  const control = (...words) => {
    const { uid, gid } = statSync(data)
    const done = spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-w', '-t', '60', '-l', join(data, '..', 'server.log'), ...words],
      { uid, gid, cwd: data, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`pg_ctl ${words.join(' ')}: ${done.stderr ?? done.error}`)
  }
  cleanup(async () => {
    try {
      signal('SIGCONT')
    } catch {
      // not running
    }
    holder.stdin.end()
    await ended
  })
  return {
    url,
    stop: () => control('stop', '-m', 'immediate'),
    start: () => control('start', '-o', `-p ${new URL(url).port}`),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT')
  }
}
