// The runner of the tests that are written in JavaScript: collects them, runs one after the other, prints TAP.
//
//   import { test, skip, cleanup } from '../lib/tap.mjs'
//   test('a resident reports a fault', async () => { ... }, { seconds: 60 })
//
// Tests run when the importing module has been read. Clean-ups run last-in first-out at the end, also
// after SIGTERM and SIGINT. An error that nobody caught is a failed test of its own.
const tests = []
const cleanups = []
let started = false

export function test (name, fn, { seconds = 60 } = {}) {
  tests.push({ name, fn, seconds })
  if (!started) {
    started = true
    setImmediate(runAll)
  }
}

export function skip (name, why) {
  test(name, null)
  tests[tests.length - 1].why = why
}

// Says that the whole file cannot run here, and why; ends the process.
export function skipAll (why) {
  console.log(`1..0 # SKIP ${why}`)
  process.exit(0)
}

export function cleanup (fn) {
  cleanups.push(fn)
}

function comment (text) {
  for (const line of String(text).split('\n')) console.log(`# ${line}`)
}

async function cleanAll () {
  while (cleanups.length) {
    try {
      await cleanups.pop()()
    } catch (error) {
      comment(`clean-up: ${error?.stack ?? error}`)
    }
  }
}

function withLimit (promise, seconds) {
  let timer
  const limit = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${seconds} s`)), seconds * 1000)
  })
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer))
}

async function runAll () {
  const patience = Number(process.env.AIMAK_TEST_PATIENCE ?? 1)
  let number = 0
  let failed = 0
  console.log(`1..${tests.length}`)
  for (const one of tests) {
    number++
    if (!one.fn) {
      console.log(`ok ${number} - ${one.name} # SKIP ${one.why}`)
      continue
    }
    const began = Date.now()
    try {
      await withLimit(Promise.resolve().then(one.fn), one.seconds * patience)
      console.log(`ok ${number} - ${one.name}`)
      comment(`${Date.now() - began} ms`)
    } catch (error) {
      failed++
      console.log(`not ok ${number} - ${one.name}`)
      comment(error?.stack ?? error)
    }
  }
  await cleanAll()
  process.exit(failed ? 1 : 0)
}

async function stop (signal) {
  await cleanAll()
  process.exit(signal === 'SIGINT' ? 130 : 143)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, async (error) => {
    console.log(`not ok ${tests.length + 1} - ${event}`)
    comment(error?.stack ?? error)
    await cleanAll()
    process.exit(1)
  })
}
