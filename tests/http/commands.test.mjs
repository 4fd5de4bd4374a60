// The program's commands from outside: help, exit codes, migrations, serving and stopping, doctor, backup and
// restore, on both engines.
import assert from 'node:assert/strict'
import { chmod, copyFile, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import net from 'node:net'
import { test, skip } from '../lib/tap.mjs'
import { engines, makeDemo, makePlace, mustRun, noPostgres, run, serve } from '../lib/program.mjs'

const own = ['serve', 'demo', 'migrate', 'doctor', 'backup', 'restore', 'verify', 'routes']

test('help names every command and the exit codes', async () => {
  const { code, stdout } = await run(['--help'])
  assert.equal(code, 0)
  for (const name of [...own, 'import units', 'user']) assert.match(stdout, new RegExp(`^  ${name}`, 'm'))
  assert.match(stdout, /Exit codes: 0/)
  assert.equal((await run(['help'])).stdout, stdout)
})

test('every command explains itself with an example', async () => {
  const names = await listed()
  assert.ok(names.length > own.length)
  for (const name of names) {
    const help = await run([...name.split(' '), '--help'])
    assert.equal(help.code, 0, name)
    assert.match(help.stdout, new RegExp(`^usage: aimak ${name}\\b`), name)
    assert.match(help.stdout, /^Examples?:\n +aimak /m, name)
  }
})

// Commands as the overview lists them: "import units", "user add", ...
async function listed () {
  const { stdout } = await run(['--help'])
  return [...stdout.split('Options of every')[0].matchAll(/^ {2}([a-z]+( [a-z-]+)?) {2,}/gm)].map((m) => m[1])
}
const optionsIn = (text) => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [])]

test('the manual page knows every command and option', async () => {
  const manual = (await readFile(new URL('../../docs/aimak.1', import.meta.url), 'utf8')).replaceAll('Fl Fl ', '--')
  for (const name of await listed()) {
    const [first, second] = name.split(' ')
    assert.match(manual, new RegExp(`^\\.(It )?Cm ${first}\\b`, 'm'), name)
    if (second) assert.match(manual, new RegExp(`\\b${second}\\b`), name)
    const { stdout } = await run([...name.split(' '), '--help'])
    for (const option of optionsIn(stdout.split('Example')[0])) {
      if (first !== 'user') assert.ok(manual.includes(option), `${name} ${option}`)
    }
  }
})

test('the documents call commands as they are', async () => {
  const names = (await listed()).sort((a, b) => b.length - a.length)
  const common = optionsIn((await run(['--help'])).stdout)
  let seen = 0
  for (const file of ['README.md', 'docs/operations.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
    const called = [...text.matchAll(/^(?:sudo -u aimak )?aimak ([a-z].*)$/gm), ...text.matchAll(/`aimak ([a-z][^`]*)`/g)].map((m) => m[1])
    for (const words of called) {
      const plain = words.replace(/ {2,}/g, ' ')
      const name = names.find((n) => plain === n || plain.startsWith(n + ' ')) ?? names.find((n) => n.startsWith(plain.split(' ')[0] + ' '))
      assert.ok(name, `${file}: aimak ${words}`)
      const known = [...common, ...optionsIn((await run([...name.split(' '), '--help'])).stdout)]
      for (const option of optionsIn(plain.split('#')[0])) assert.ok(known.includes(option), `${file}: aimak ${words}: ${option}`)
      seen++
    }
  }
  assert.ok(seen > 15, `${seen} commands`)
})

test('wrong usage is exit code 2 and says what is wrong', async () => {
  const wrong = {
    '': /^usage: aimak|^$/m,
    sing: /no command "sing"/,
    'serve --colour': /unknown option --colour/,
    'serve --workers many': /--workers needs a number/,
    'backup': /argument is missing/,
    'migrate now': /too many arguments/,
    'doctor --db mysql://x': /--db is sqlite:PATH/,
    'serve --public-url aimak.kg': /--public-url begins with https/,
    'doctor --data': /--data needs a value/
  }
  for (const [words, message] of Object.entries(wrong)) {
    const { code, stderr } = await run(words ? words.split(' ') : [])
    assert.equal(code, 2, words)
    assert.match(stderr, message, words)
  }
})

test('the version is printed', async () => {
  const { code, stdout } = await run(['--version'])
  assert.equal(code, 0)
  assert.match(stdout, /^aimak \d+\.\d+\.\d+\n$/)
})

test('routes are printed with handler, source line and roles', async () => {
  const { code, stdout } = await run(['routes'])
  assert.equal(code, 0)
  const lines = stdout.trim().split('\n')
  for (const line of lines) assert.match(line, /^(GET|POST|PUT|PATCH|DELETE) +\/\S* +\w+ +src\/\S+\.c:\d+ +[a-z_,-]+$/)
  for (const path of ['/', '/m/{unit}', '/healthz']) {
    assert.ok(lines.some((line) => new RegExp(`^GET +${path.replace(/[{}/]/g, '\\$&')} `).test(line)), path)
  }
})

test('a command on an unprepared database says what to do', async () => {
  const place = await makePlace()
  await mustRun(['migrate', '--dry-run'], place).catch(() => null)
  const { code, stderr } = await run(['import', 'units', '/dev/null'], place)
  assert.equal(code, 3)
  assert.match(stderr, /aimak migrate/)
})

test('serving to the outside needs TLS in front', async () => {
  const place = await makePlace()
  const { code, stderr } = await run(['serve', '--listen', '0.0.0.0:0'], place)
  assert.equal(code, 3)
  assert.match(stderr, /TLS/)
})

test('an address that is taken is said plainly', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.on('listening', resolve))
  try {
    const { code, stderr } = await run(['serve', '--listen', `127.0.0.1:${taken.address().port}`], await makePlace())
    assert.equal(code, 3)
    assert.match(stderr, /cannot serve on 127\.0\.0\.1/)
  } finally {
    taken.close()
  }
})

test('a damaged installation key is refused, not replaced', async () => {
  const place = await makePlace()
  await writeFile(join(place.data, 'key'), 'short')
  const { code, stderr } = await run(['migrate'], place)
  assert.equal(code, 3)
  assert.match(stderr, /32 bytes/)
  assert.equal(await readFile(join(place.data, 'key'), 'utf8'), 'short')
})

for (const engine of ['sqlite', 'postgres']) {
  if (!engines.includes(engine)) {
    skip(`${engine}: commands`, noPostgres)
    continue
  }

  test(`${engine}: migrations are applied once`, async () => {
    const place = await makePlace(engine)
    const first = await mustRun(['migrate'], place)
    const [, applied, all] = /^(\d+) migrations applied, (\d+) in all/.exec(first.stdout)
    assert.equal(applied, all)
    assert.ok(Number(all) > 0)
    assert.match((await mustRun(['migrate'], place)).stdout, /^0 migrations applied/)
    assert.match((await mustRun(['migrate', '--dry-run'], place)).stdout, /^0 of /)
  })

  test(`${engine}: serves, answers, stops gently`, async () => {
    const server = await serve(await makePlace(engine))
    const health = await fetch(`${server.url}/healthz`)
    assert.equal(health.status, 200)
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
    assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^# (HELP|TYPE) /m)
    assert.equal(await server.stop(), 0)
    assert.match(server.log, /"event":"serve.stopped"/)
    await assert.rejects(fetch(`${server.url}/healthz`))
  })

  test(`${engine}: the demonstration is made once and never over real records`, async () => {
    const place = await makePlace(engine)
    await mustRun(['demo'], place)
    const tour = (await mustRun(['demo', '--tour'], place)).stdout
    assert.match(tour, /http:\/\/127\.0\.0\.1:8080\//)
    await mustRun(['demo'], place)
    assert.equal((await mustRun(['demo', '--tour'], place)).stdout, tour)
    const real = await makePlace(engine)
    await mustRun(['migrate'], real)
    const refused = await run(['demo'], real)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /real records/)
  }, { seconds: 240 })

  test(`${engine}: doctor finds nothing on a good place, and what was broken`, async () => {
    const place = await makeDemo(engine)
    // The scratch PostgreSQL runs without fsync, for speed, and doctor rightly minds that.
    const faultsOf = ({ stdout }) => stdout.split('\n').filter((line) => /^FAULT/.test(line) && !/power failure/.test(line))
    const good = await run(['doctor'], place)
    assert.deepEqual(faultsOf(good), [], good.stderr)
    assert.match(good.stdout, /^ok {5}database is sound|power failure/m)
    if (engine === 'sqlite') assert.match(good.stdout, /No fault was found/)
    assert.equal(good.code, engine === 'sqlite' ? 0 : 1)
    // Nothing in a demonstration is real, so its directory may be as mkdir makes it.
    await chmod(place.data, 0o755)
    assert.deepEqual(faultsOf(await run(['doctor'], place)), [])
    await chmod(join(place.data, 'key'), 0o644)
    const bad = await run(['doctor'], place)
    assert.equal(bad.code, 1)
    assert.equal(faultsOf(bad).length, 1)
    assert.match(bad.stdout, /^FAULT {2}installation key.*chmod 600/m)
  }, { seconds: 240 })

  test(`${engine}: doctor before the first start says so and makes nothing`, async () => {
    const place = await makePlace(engine)
    const data = join(place.data, 'not', 'there')
    const before = await run(['doctor'], { ...place, data })
    assert.equal(before.code, 1)
    if (engine === 'sqlite') {
      assert.match(before.stdout, /^There is no installation here yet/)
      assert.doesNotMatch(before.stdout, /FAULT/)
    } else {
      assert.match(before.stdout, /^FAULT {2}migrations: the database is empty/m)
    }
    await assert.rejects(stat(data), { code: 'ENOENT' })
  })

  test(`${engine}: a backup made while serving restores to the same pages`, async () => {
    const place = await makeDemo(engine)
    const server = await serve(place)
    const file = join(place.data, '..', `${place.data.split('/').pop()}.zip`)
    try {
      const done = await mustRun(['backup', file], place)
      assert.equal(done.stdout.trim(), file)
      assert.equal((await stat(file)).mode & 0o077, 0, 'the backup is readable by its owner alone')
      const restored = await makePlace(engine)
      await mustRun(['restore', file], restored)
      assert.deepEqual(await readFile(join(restored.data, 'key')), await readFile(join(place.data, 'key')))
      const copy = await serve(restored)
      for (const path of ['/', '/compare']) {
        const [one, other] = await Promise.all([server, copy].map(async (s) => (await fetch(s.url + path)).text()))
        assert.equal(strip(one, server.url), strip(other, copy.url), path)
      }
      assert.equal(await copy.stop(), 0)
      assert.equal((await run(['restore', file], restored)).code, 1, 'not into a place that is in use')
    } finally {
      await server.stop()
      await rm(file, { force: true })
    }
  }, { seconds: 240 })
}

// What differs between two servers on purpose.
function strip (html, url) {
  return html.replaceAll(url, '').replace(/name="csrf" value="[^"]*"/g, '').replace(/[0-9a-f]{16,24}/g, '')
}

test('a settings file says what no option and no variable does', async () => {
  const place = await makePlace()
  const file = join(place.data, 'aimak.conf')
  const elsewhere = join(place.data, 'elsewhere')
  await writeFile(file, `# comment\n\n  ; another\nAIMAK_DATA = "${elsewhere}" \nAIMAK_PUBLIC_URL=https://aimak.example.kg\n` +
    'AIMAK_SMTP_URL=smtps://mail.example.kg:465\nAIMAK_MAIL_FROM=Aimak <no-reply@aimak.example.kg>\n')
  await mustRun(['migrate', '--settings', file])
  assert.ok((await stat(join(elsewhere, 'aimak.db'))).size > 0)
  const seen = await run(['doctor', '--settings', file])
  assert.doesNotMatch(seen.stdout, /^FAULT/m)
  assert.equal(seen.code, 0, seen.stdout)
  const other = join(place.data, 'other')
  await mustRun(['migrate', '--settings', file, '--data', other])
  assert.ok((await stat(join(other, 'aimak.db'))).size > 0)
  await writeFile(file, 'AIMAK_DATA=x\nand this\n')
  const wrong = await run(['doctor', '--settings', file])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /aimak\.conf:2: write NAME=value/)
  assert.equal((await run(['doctor', '--settings', join(place.data, 'absent')])).code, 2)
})

test('what only reads runs beside the server', async () => {
  const place = await makeDemo()
  const server = await serve(place)
  try {
    assert.match((await mustRun(['verify', 'trail', '41704235837000'], place)).stdout, /41704235837000: whole, \d+ entries/)
    assert.match((await mustRun(['user', 'list'], place)).stdout, /^head@kok-jar\.demo\thead\t41704235837000\t/m)
    const writing = await run(['user', 'disable', 'head@kok-jar.demo'], place)
    assert.equal(writing.code, 3)
    assert.match(writing.stderr, /another process/)
  } finally {
    await server.stop()
  }
})

test('a backup moves between the engines', async () => {
  if (engines.length < 2) return
  const place = await makeDemo('sqlite')
  const file = join(place.data, 'all.zip')
  await mustRun(['backup', file], place)
  const other = await makePlace('postgres')
  await mustRun(['restore', file], other)
  const server = await serve(other)
  assert.equal((await fetch(server.url)).status, 200)
  await server.stop()
}, { seconds: 240 })

test('backups in a directory are named by time, and only the newest stay', async () => {
  const place = await makePlace()
  await mustRun(['migrate'], place)
  const directory = await makePlace()
  for (let i = 0; i < 3; i++) {
    await mustRun(['backup', directory.data, '--keep', '2'], place)
    await new Promise((resolve) => setTimeout(resolve, 1100)) // names count seconds
  }
  const names = (await readdir(directory.data)).filter((name) => name.endsWith('.zip'))
  assert.equal(names.length, 2)
  for (const name of names) assert.match(name, /^aimak-\d{8}-\d{6}\.zip$/)
})

test('verify accepts a whole backup and sees a damaged one', async () => {
  const place = await makeDemo()
  const file = join(place.data, 'whole.zip')
  await mustRun(['backup', file], place)
  assert.match((await mustRun(['verify', file])).stdout, /is whole/)
  const damaged = join(place.data, 'damaged.zip')
  await copyFile(file, damaged)
  const bytes = await readFile(damaged)
  bytes[Math.trunc(bytes.length / 2)] ^= 0xff
  await writeFile(damaged, bytes)
  const seen = await run(['verify', damaged])
  assert.equal(seen.code, 1, seen.stderr)
  assert.equal((await run(['verify', join(place.data, 'absent.zip')])).code, 1)
  assert.equal((await run(['verify', '/dev/null'])).code, 1)
})
