// How many rows each table has: the witness that a refusal saved nothing and a repetition saved nothing twice.
// One reader stays open for a place, and each count is one statement, so that it can be taken after every form.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cleanup } from './tap.mjs'

// What the program keeps for itself whatever is asked of it.
const OWN = /^(session|sqlite_|job|schedule|rate|people_seen|login_attempt)/

const python = `
import sqlite3, sys, json
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=10, isolation_level=None)
names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
every = ' UNION ALL '.join('''SELECT '%s', (SELECT count(*) FROM "%s")''' % (n, n) for n in names)
for _ in sys.stdin:
    print(json.dumps(dict(db.execute(every).fetchall())), flush=True)
`

// Row-level security hides rows from a plain query: the statistics of the transaction would too, so it is counted
// as every municipality at once, the way the program itself asks.
const sql = [
  'BEGIN READ ONLY', "SET LOCAL app.unit = '*'",
  "SELECT json_object_agg(relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', nspname, relname), true, true, '')))[1]::text::bigint)::text " +
    "FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE relkind = 'r' AND nspname = 'public'",
  'COMMIT'
].join('; ') + ';\n'

// count() resolves to { table: rows }; end() lets the database go.
export function rowCounter (place) {
  const [program, args, question] = place.engine === 'sqlite'
    ? ['python3', ['-c', python, place.db.replace(/^sqlite:/, '')], '\n']
    : ['psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', place.db], sql]
  const reader = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = []
  let trouble = ''
  reader.stderr.setEncoding('utf8').on('data', (text) => { trouble += text })
  reader.stdin.on('error', () => {})
  createInterface({ input: reader.stdout }).on('line', (line) => {
    if (line) waiting.shift()?.resolve(Object.fromEntries(Object.entries(JSON.parse(line)).filter(([name]) => !OWN.test(name))))
  })
  const ended = new Promise((resolve) => {
    for (const event of ['error', 'close']) reader.on(event, resolve)
  })
  ended.then((how) => {
    for (const one of waiting.splice(0)) one.reject(new Error(`counting rows: ${how} ${trouble}`))
  })
  const end = () => {
    reader.stdin.end()
    return ended
  }
  cleanup(end)
  return {
    count: () => new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      reader.stdin.write(question)
    }),
    end
  }
}

// { table: difference } of what differs.
export function rowChanges (before, after) {
  const changes = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const difference = (after[name] ?? 0) - (before[name] ?? 0)
    if (difference) changes[name] = difference
  }
  return changes
}
