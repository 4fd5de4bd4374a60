// The programme's story, figure by figure: what `aimak results story` says must be what plain SQL finds in the raw rows of
// the demonstration, never a constant; and the totals that are kept must be those of a recount.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from '../lib/tap.mjs'
import { engines, makeDemo, mustRun, run } from '../lib/program.mjs'

// Each figure with the question to the rows: :from and :to are days, the first of the period and the first after it.
const step = (name, programme = 'cami') => `SELECT count(DISTINCT unit) FROM result_milestone WHERE milestone = '${name}' AND programme = '${programme}' AND withdrawn = 0 AND day >= :from AND day < :to`
const people = (service, bases, what = 'sum(people)') => `SELECT ${what} FROM result_record WHERE service = '${service}' AND basis IN (${bases}) AND programme = 'cami' AND withdrawn = 0 AND day >= :from AND day < :to`
const held = (kind, what = 'count(*)', more = '') => `SELECT ${what} FROM event WHERE kind = '${kind}' AND state = 'held' ${more} AND from_day >= :from AND from_day < :to`
const there = (kinds, what) => `SELECT ${what} FROM attendance WHERE kind IN (${kinds}) AND active = 1 AND day >= :from AND day < :to`
const both = "'counted', 'area'"
const story = {
  'cami.partners': [50, step('joined')],
  'cami.partnerships': [32, step('partnership')],
  'cami.organised': [16, step('organised')],
  'cami.priority': [6, step('priority')],
  'cami.water_improved': [15636, people('water', "'counted'")],
  'cami.water_gained': [31000, people('water', both)],
  'cami.water_units': [24, people('water', both, 'count(DISTINCT unit)')],
  'cami.waste_benefiting': [53245, people('waste', both)],
  'cami.waste_improved': [23000, people('waste', "'counted'")],
  'cami.waste_units': [9, people('waste', "'counted'", 'count(DISTINCT unit)')],
  'cami.lighting': [6000, people('lighting', both)],
  'cami.lighting_units': [5, people('lighting', both, 'count(DISTINCT unit)')],
  'cami.dialogues': [590, held('dialogue')],
  'cami.hearings': [62, held('hearing')],
  'cami.hearing_participations': [3298, there("'hearing'", 'count(*)')],
  'cami.budget_hearings': [16, held('hearing', 'count(DISTINCT unit)', "AND topics LIKE 'budget%'")],
  'cami.trained': [1126, there("'training'", 'count(DISTINCT root)')],
  'cami.forums': [2, held('forum')],
  'cami.forum_people': [229, there("'forum'", 'count(DISTINCT root)')],
  'cami.forum_units': [35, there("'forum'", 'count(DISTINCT unit)')],
  'cami.forum_of_aimaks': [133, there("'national_forum'", 'count(DISTINCT root)')],
  'cami.peer_learning': [32, there("'study_tour', 'roundtable'", 'count(DISTINCT unit)')],
  'cami.sbornik_units': [453, 'SELECT count(DISTINCT recipient) FROM law_delivery WHERE day >= :from AND day < :to'],
  'cami.sbornik_copies': [1000, 'SELECT sum(copies) FROM law_delivery WHERE day >= :from AND day < :to'],
  'cami.feedback_pilot': [1, step('mobile_feedback')]
}

const ask = promisify(execFile)
const python = `
import sqlite3, sys, json
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
print(json.dumps([db.execute(q).fetchone()[0] for q in json.loads(sys.argv[2])]))
`
async function rowsOf (place, questions) {
  const { stdout } = await ask('python3', ['-c', python, place.db.replace('sqlite:', ''), JSON.stringify(questions)])
  return JSON.parse(stdout)
}
const days = (month) => Math.floor(Date.UTC(Math.floor(month / 12), month % 12, 1) / 86400e3)

test('all 25 figures of the story are found in the raw rows', async () => {
  const place = await makeDemo()
  const printed = new Map((await mustRun(['results', 'story'], place)).stdout.split('\n').slice(1).filter(Boolean)
    .map((line) => line.trim().split(/\s+/)).map(([code, published, counted]) => [code, [Number(published), Number(counted)]]))
  assert.deepEqual([...printed.keys()].sort(), Object.keys(story).sort(), 'the figures are these and no others')
  const periods = await rowsOf(place, Object.keys(story).flatMap((code) => ['from_month', 'to_month'].map((c) => `SELECT ${c} FROM result_published WHERE indicator = '${code}'`)))
  const found = await rowsOf(place, Object.values(story).map(([, sql], i) =>
    sql.replaceAll(':from', days(periods[2 * i])).replaceAll(':to', days(periods[2 * i + 1]))))
  for (const [i, [code, [published]]] of Object.entries(story).entries()) {
    assert.equal(found[i], published, `${code}: raw rows`)
    assert.deepEqual(printed.get(code), [published, published], `${code}: as printed`)
  }
}, { seconds: 120 })

for (const engine of engines) {
  test(`every kept total is that of a recount: ${engine}`, async () => {
    const place = await makeDemo(engine)
    const { code, stdout } = await run(['verify', 'results'], place)
    assert.equal(code, 0, stdout)
    const counters = [...stdout.matchAll(/^(\S+): right, (\d+) totals/gm)]
    assert.ok(counters.length >= 14, stdout)
    assert.doesNotMatch(stdout, /WRONG/)
    for (const needed of ['events.participations', 'law.sbornik_copies', 'law.sbornik_units', 'catalogue.people_served', 'results.people']) {
      assert.ok(counters.some(([, name, totals]) => name === needed && Number(totals) > 0), `${needed} has totals`)
    }
  }, { seconds: 120 })
}
