// How many rows each table has: the witness that a refusal saved nothing and a repetition saved nothing twice.
import { spawnSync } from 'node:child_process'

// What the program keeps for itself whatever is asked of it.
const OWN = /^(session|sqlite_|job|schedule|rate|people_seen|login_attempt)/

const python = `
import sqlite3, sys, json
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=10)
names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
print(json.dumps({n: db.execute('SELECT count(*) FROM "%s"' % n).fetchone()[0] for n in names}))
`

// Row-level security hides rows from a plain query: the statistics of the transaction would too, so it is counted
// as every municipality at once, the way the program itself asks.
const sql = `
BEGIN READ ONLY; SET LOCAL app.unit = '*';
SELECT json_object_agg(relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', nspname, relname), true, true, '')))[1]::text::bigint)
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE relkind = 'r' AND nspname = 'public';
COMMIT;`

export function rowCounts (place) {
  const done = place.engine === 'sqlite'
    ? spawnSync('python3', ['-c', python, place.db.replace(/^sqlite:/, '')], { encoding: 'utf8' })
    : spawnSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, place.db], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`counting rows: ${done.stderr ?? done.error}`)
  const all = JSON.parse(done.stdout)
  return Object.fromEntries(Object.entries(all).filter(([name]) => !OWN.test(name)))
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
