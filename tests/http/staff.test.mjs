// Bad input from people who are logged in, and from those who were: every page and form that each role is shown, filled
// with rude values, sent late, sent from another session, sent twice, sent at once. Never a 500, always a page in the
// visitor's language, nothing half-saved, nothing twice. The forms are not listed here: they are found by following
// the links of the demonstration, so a new page is in here by being linked.
import assert from 'node:assert/strict'
import { test, skip } from '../lib/tap.mjs'
import { copyPlace, engines, makeDemo, mustRun, noPostgres, serve } from '../lib/program.mjs'
import { Visitor, encode, logIn } from '../lib/http.mjs'
import { crawl, fillIn, formsOf, shape } from '../lib/pages.mjs'
import { rowChanges, rowCounter } from '../lib/rows.mjs'

const unit = '41704235837000'
const languages = { ky: 'ky-KG', ru: 'ru-RU', en: 'en-GB' }
const FORM = 'application/x-www-form-urlencoded'

const roles = {
  officer: 'officer@kok-jar.demo',
  head: 'head@kok-jar.demo',
  deputy: 'deputy@kok-jar.demo',
  provider: 'provider@kok-jar.demo',
  administrator: 'admin@aimak.demo'
}
// Where staff may be led; what would end the visit or take a long time is left out.
const within = /^\/(desk|account)(?!\/audit\.csv|.*\.xlsx)/
const outside = new RegExp(`^/(m/${unit}/(visits|services|reports)|c/)`)
const ends = /^\/(logout|account\/sessions|account\/password)/

const byRole = (base, options) => Promise.all(Object.entries(roles).map(async ([role, login]) => [role, await logIn(base, login, options)]))

function assertPlain (answer, what, lang) {
  assert.ok(answer.status < 500 || answer.status === 501, `${what}: ${answer.status}\n${answer.text.slice(0, 600)}`)
  assert.ok(!/<script>/i.test(answer.text), `${what}: unescaped`)
  const type = answer.headers['content-type'] ?? ''
  if (answer.status < 400) return
  assert.ok(answer.text.length > 0, `${what}: an empty error`)
  if (!type.startsWith('text/html')) return
  assert.match(answer.text, /<h1[ >]/, `${what}: no heading`)
  if (lang) assert.match(answer.text, new RegExp(`<html[^>]* lang="${lang}"`), `${what}: language`)
}

// A demonstration of its own; on PostgreSQL it is made once and copied by the server.
const models = {}
async function freshPlace (engine) {
  if (engine === 'sqlite') return makeDemo(engine)
  models[engine] ??= await makeDemo(engine)
  return copyPlace(models[engine])
}

// Forms with the same shape of address and the same fields are one kind.
const kindOf = (form) => `${shape(form.action).split('?')[0]} ${form.fields.map((field) => field.name).sort().join(',')}`

// Every form that a visitor finds, the first of each kind.
async function findForms (visitor, starts, where) {
  const forms = new Map()
  await crawl(visitor, starts, where, (path, answer) => {
    assertPlain(answer, `GET ${path}`)
    if (!/html/.test(answer.headers['content-type'] ?? '')) return
    for (const form of formsOf(answer.text, path)) {
      if (!ends.test(form.action) && !forms.has(kindOf(form))) forms.set(kindOf(form), form)
    }
  }, { each: 1 })
  return [...forms.values()]
}

// The form as its page shows it now, with a fresh token; null when the page has it no more.
async function reopen (visitor, form) {
  const page = await visitor.send(form.page)
  if (page.status !== 200) return null
  const names = (one) => one.fields.map((field) => field.name).sort().join(',')
  return formsOf(page.text, form.page).find((one) => one.action === form.action && names(one) === names(form)) ?? null
}

const multipart = (fields) => Buffer.concat([...Object.entries(fields).map(([name, value]) => Buffer.concat([
  Buffer.from(`--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')])), Buffer.from('--x--\r\n')])

function send (visitor, form, fields, headers = {}) {
  return visitor.send(form.action, {
    method: 'POST',
    headers: { Origin: visitor.base, 'Content-Type': form.multipart ? 'multipart/form-data; boundary=x' : FORM, ...headers },
    body: form.multipart ? multipart(fields) : Buffer.isBuffer(fields) ? fields : encode(fields)
  })
}

const rude = ['', ' ', '\u0000', '-1', '0', '99999999999999999999999', '1e308', 'NaN', '2026-13-45', '<script>alert(1)</script>', "' OR 1=1 --",
  '../../../etc/passwd', 'ң'.repeat(5000), '\u202e\u200b', '%s%n%d', '{unit}', unit, '41799999999999', 'null', '\r\nSet-Cookie: a=b']
const badUtf8 = Buffer.from('\xff\xfe\xc0\x80', 'latin1')

// Those that a form was refused in change nothing; those that were taken are counted by the other tests.
const withoutReads = (counts) => Object.fromEntries(Object.entries(counts).filter(([name]) => name !== 'audit'))

// Each kind of form once, by the first role that is shown it. A field gets one value of the list, and in turn bad UTF-8
// or nothing; over all fields every value has its turn many times.
async function rudeness (engine) {
  const place = await freshPlace(engine)
  const server = await serve(place, { args: ['--job-threads', '0'] })
  const rows = rowCounter(place)
  const langs = Object.entries(languages)
  const known = new Set()
  let sent = 0
  for (const [role, visitor] of await byRole(server.url)) {
    const forms = await findForms(visitor, ['/desk', '/account'], within)
    assert.ok(forms.length >= (role === 'deputy' ? 2 : 4), `${role}: only ${forms.length} forms were found`)
    let before = withoutReads(await rows.count())
    for (const form of forms) {
      const fresh = known.has(kindOf(form)) ? null : await reopen(visitor, form)
      if (!fresh) continue
      const [lang, accept] = langs[known.size % langs.length]
      known.add(kindOf(form))
      const headers = { 'Accept-Language': accept }
      const raw = { ...headers, Origin: server.url, 'Content-Type': FORM }
      let taken = false
      const judge = (answer, what) => {
        sent++
        taken = taken || answer.status < 400
        assertPlain(answer, `${role}: POST ${form.action}, ${what}`, lang)
      }
      const good = fillIn(fresh)
      for (const { name } of fresh.fields.filter((field) => field.name !== 'csrf')) {
        const value = rude[sent % rude.length]
        judge(await send(visitor, fresh, { ...good, [name]: value }, headers), `${name} = ${JSON.stringify(value).slice(0, 60)}`)
        const { [name]: _, ...without } = good
        if (sent % 3 === 0) judge(await send(visitor, fresh, without, headers), `without ${name}`)
        const body = Buffer.concat([Buffer.from(`${encode(without)}&${encodeURIComponent(name)}=`), badUtf8])
        if (sent % 3 === 1) judge(await visitor.send(form.action, { method: 'POST', headers: raw, body }), `${name} in bad UTF-8`)
      }
      judge(await send(visitor, fresh, { ...good, words: 'a'.repeat(70 << 10) }, headers), 'oversize')
      judge(await visitor.send(form.action, { method: 'POST', headers: { ...raw, 'Content-Type': 'application/json', 'X-CSRF-Token': good.csrf }, body: '{"a":' }), 'JSON')
      const after = withoutReads(await rows.count())
      if (!taken) assert.deepEqual(rowChanges(before, after), {}, `${role}: ${form.action} was refused and changed something`)
      before = after
    }
    assert.equal((await visitor.send('/account')).status, 200, `${role}: still logged in`)
  }
  console.log(`# ${known.size} kinds of form, ${sent} sent`)
  assert.ok(known.size >= 100 && sent >= 1500, `only ${known.size} kinds of form, ${sent} sent`)
  await rows.end()
  assert.equal(await server.stop(), 0)
}

const values = ['0', '-1', '99999999999999999999', 'water', unit, '41799999999999', 'K3M-nothing', 'x'.repeat(300), '%00', '%ff%fe', '%D2%A3%D3%A9',
  '..%2f..%2fetc%2fpasswd', "'%20OR%201=1", '%3Cscript%3E', 'a%2Fb', '%25', 'json', 'csv', 'xlsx', 'new']

async function rudeAddresses (engine) {
  const place = await freshPlace(engine)
  const server = await serve(place, { args: ['--job-threads', '0'] })
  const routes = (await mustRun(['routes'])).stdout.trim().split('\n').map((line) => line.split(/\s+/).slice(0, 2))
  const staffs = [...new Set(routes.map(([, path]) => path).filter((path) => /^\/(desk|account|m\/\{unit\}|c\/)/.test(path)))]
  let turn = 0
  let half = 0
  for (const [role, visitor] of await byRole(server.url)) {
    half = 1 - half
    for (const path of staffs) {
      // Every second value, another half for every second role.
      const some = values.filter((_, at) => at % 2 === half)
      for (const value of path.replace('{unit}', '').includes('{') ? some : ['']) {
        const [lang, accept] = Object.entries(languages)[turn++ % 3]
        const full = path.replace('{unit}', unit).replace(/\{[^}]+\}/g, value)
        if (ends.test(full)) continue
        assertPlain(await visitor.send(full, { headers: { 'Accept-Language': accept } }), `${role}: GET ${full.slice(0, 120)}`, lang)
      }
      for (const query of ['?page=-1&sort=%3Bdrop&state=nothing&who=999', '?from=2026-99-99&to=x&day=0&after=%ff&place=41799999999999', '?' + 'a=1&'.repeat(600)]) {
        const full = path.replace('{unit}', unit).replace(/\{[^}]+\}/g, '1') + query
        assertPlain(await visitor.send(full), `${role}: GET ${full.slice(0, 120)}`)
      }
    }
  }
  assert.equal(await server.stop(), 0)
}

async function staleForms (engine) {
  const place = await freshPlace(engine)
  const server = await serve(place, { args: ['--job-threads', '0'] })
  const rows = rowCounter(place)
  const others = Object.fromEntries(await byRole(server.url))
  for (const [role, visitor] of await byRole(server.url).then((all) => all.filter(([name]) => name !== 'deputy'))) {
    const forms = (await findForms(visitor, ['/desk'], within)).filter((form) => form.action.startsWith('/desk'))
    const opened = []
    for (const form of forms) {
      const fresh = await reopen(visitor, form)
      if (fresh) opened.push([fresh, fillIn(fresh)])
    }
    const before = withoutReads(await rows.count())
    for (const [form, fields] of opened) {
      // The token of this session from another of the same person, and no token at all: the form comes back.
      for (const [what, changed] of [['of another session', fields], ['none', { ...fields, csrf: '' }], ['garbled', { ...fields, csrf: 'x' + fields.csrf }]]) {
        const answer = await send(others[role], form, changed, { 'Accept-Language': 'ru-RU' })
        assertPlain(answer, `${role}: ${form.action}, token ${what}`, 'ru')
        // Some show what would be done, as a page; none does it.
        assert.ok(answer.status >= 400 || (answer.status === 200 && formsOf(answer.text, form.action).length > 0),
          `${role}: ${form.action}, token ${what}: ${answer.status}`)
      }
      const foreign = await send(visitor, form, fields, { Origin: 'https://elsewhere.example' })
      assert.equal(foreign.status, 403, form.action)
    }
    await visitor.open('/account')
    assert.equal((await visitor.post('/logout', {})).status, 303)
    const gone = new Visitor(server.url)
    gone.cookies = new Map([...visitor.cookies, ['session', 'c'.repeat(43)]])
    for (const [form, fields] of opened) {
      const answer = await send(gone, form, fields)
      assertPlain(answer, `${role}: ${form.action}, after the session`)
      assert.ok([401, 403, 422].includes(answer.status) || (answer.status === 303 && /^\/login/.test(answer.headers.location)),
        `${role}: ${form.action}, after the session: ${answer.status} ${answer.headers.location ?? ''}`)
    }
    assert.deepEqual(rowChanges(before, withoutReads(await rows.count())), {}, `${role}: a stale form changed something`)
  }
  await rows.end()
  assert.equal(await server.stop(), 0)
}

// Two places that are the same to the last row. On the one each form is sent once, on the other twice at once and once
// more: they must stay the same. A kind of form is done when it has saved something; until then each role sends it.
async function doubles (engine) {
  const place = await freshPlace(engine)
  const twin = await copyPlace(place)
  const quiet = { args: ['--job-threads', '0'] }
  const [single, double] = [await serve(place, quiet), await serve(twin, quiet)]
  const readers = [rowCounter(place), rowCounter(twin)]
  const counts = () => Promise.all(readers.map((one) => one.count()))
  const changed = new Map()
  const everybody = { resident: null, ...roles }
  for (const [role, login] of Object.entries(everybody)) {
    const [one, two] = login ? [await logIn(single.url, login), await logIn(double.url, login)] : [new Visitor(single.url), new Visitor(double.url)]
    const starts = login ? ['/desk', '/account'] : [`/m/${unit}`, `/m/${unit}/reports`, `/m/${unit}/report?service=water`, `/m/${unit}/visits`, `/m/${unit}/services/waste/v/2`]
    const forms = (await findForms(one, starts, login ? within : outside)).filter((form) => !changed.has(kindOf(form)))
    let before = await counts()
    // Most of these end something; what they end is not needed after.
    forms.sort((a, b) => /end|staff|discard|forget|withdraw/.test(a.action) - /end|staff|discard|forget|withdraw/.test(b.action))
    for (const form of forms) {
      const [here, there] = [await reopen(one, form), await reopen(two, form)]
      if (!here || !there) continue
      const once = await send(one, here, fillIn(here))
      const fields = fillIn(there)
      const [first, second] = await Promise.all([send(two, there, fields), send(two, there, fields)])
      const third = await send(two, there, fields)
      const what = `${role}: ${form.action}`
      for (const answer of [once, first, second, third]) assertPlain(answer, what)
      const after = await counts()
      // A page that comes back with faults may show people again, and each look is written down.
      const seen = once.status === 422 ? withoutReads : (all) => all
      const [wanted, got] = [seen(rowChanges(before[0], after[0])), seen(rowChanges(before[1], after[1]))]
      before = after
      assert.deepEqual(got, wanted, `${what}: sent twice it changed other than sent once (${once.status}; ${first.status}, ${second.status}, ${third.status})`)
      if (once.status === 303) assert.ok([first, second].some((answer) => answer.status === 303), `${what}: ${first.status}, ${second.status}`)
      if (once.status < 400 && Object.keys(wanted).length) changed.set(kindOf(form), shape(form.action).split('?')[0])
    }
  }
  const kinds = [...new Set(changed.values())].sort()
  console.log(`# ${kinds.length} kinds of form saved once`)
  assert.ok(kinds.length >= 40, `only these kinds of form saved something: ${kinds.join(' ')}`)
  for (const path of ['/account/email', '/account/phone/codes']) assert.ok(kinds.includes(path), `${path} saved nothing`)
  await Promise.all(readers.map((one) => one.end()))
  assert.equal(await single.stop(), 0)
  assert.equal(await double.stop(), 0)
}

// What depends on the database, on both; what is the same code before it is reached, on SQLite.
const everywhere = {
  'forms of another or an ended session are refused and save nothing': staleForms,
  'a form that is sent twice at once saves once': doubles
}
const here = {
  'every address of the desk bears every value': rudeAddresses,
  'every kind of form bears rude values, and a refusal saves nothing': rudeness
}
for (const [name, run] of Object.entries({ ...here, ...everywhere })) test(`sqlite: ${name}`, () => run('sqlite'), { seconds: 120 })
for (const [name, run] of Object.entries(everywhere)) {
  if (engines.includes('postgres')) test(`postgres: ${name}`, () => run('postgres'), { seconds: 120 })
  else skip(`postgres: ${name}`, noPostgres)
}
