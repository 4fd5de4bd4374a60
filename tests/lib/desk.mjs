// What the browser tests of staff share: one session per person, and reading what they download.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { visit } from './browser.mjs'

export const UNIT = '41704235837000'
export const PASSWORD = 'kok-jar-demo'
export const desk = `/desk/${UNIT}`

// Presses a button of a form, or a link, and waits for the page it leads to.
export async function go (page, selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)])
}

export async function enterPassword (page, login, password = PASSWORD) {
  await page.goto('/login')
  await page.fill('#login', login)
  await page.fill('#password', password)
  await go(page, 'form[action="/login"] button[type=submit]')
}

// The demonstration shows the code that would be on the phone of its fictional people.
export async function enterCode (page) {
  await page.fill('#code', (await page.textContent('.notice .number')).replace(/\D/g, ''))
  await go(page, 'form[action="/login/code"] button[type=submit]')
}

const kept = new Map()

// This person's session: logged in once, and used again, because a one-time code works once and the next comes half a
// minute later.
function sessionOf (url, login) {
  const key = `${url} ${login}`
  if (!kept.has(key)) {
    kept.set(key, (async () => {
      let state
      await visit({ url }, async (page, context) => {
        await enterPassword(page, login)
        await enterCode(page)
        assert.equal(new URL(page.url()).pathname, '/desk', `${login} is in`)
        state = await context.storageState()
      })
      return state
    })())
  }
  return kept.get(key)
}

// visit() as this person.
export async function visitAs (login, options, fn) {
  await visit({ ...options, storageState: await sessionOf(options.url, login) }, fn)
}

// From here on the open browser is this person's, whoever's it was.
export async function becomes (context, url, login) {
  await context.clearCookies()
  await context.addCookies((await sessionOf(url, login)).cookies)
}

// Follows a link that downloads: { name, data }.
export async function download (page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return { name: file.suggestedFilename(), data: await readFile(await file.path()) }
}

export function parseCsv (data) {
  const text = data.toString('utf8').replace(/^\uFEFF/, '')
  const rows = [[]]
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') cell += text[++i]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',' || c === ';' || c === '\n') {
      rows[rows.length - 1].push(cell)
      cell = ''
      if (c === '\n') rows.push([])
    } else if (c !== '\r') cell += c
  }
  rows.pop()
  return rows
}

function unzip (data) {
  const files = new Map()
  const end = data.lastIndexOf(Buffer.from('PK\x05\x06'))
  assert.ok(end >= 0, 'is a zip')
  let at = data.readUInt32LE(end + 16)
  for (let n = data.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size, nameLength, extra, comment] = [10, 20, 28, 30, 32].map((o) => o === 20 ? data.readUInt32LE(at + o) : data.readUInt16LE(at + o))
    const local = data.readUInt32LE(at + 42)
    const from = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28)
    const bytes = data.subarray(from, from + size)
    files.set(data.toString('utf8', at + 46, at + 46 + nameLength), (method === 8 ? inflateRawSync(bytes) : bytes).toString('utf8'))
    at += 46 + nameLength + extra + comment
  }
  return files
}

const plain = (xml) => xml.replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&')

// The first sheet of a workbook, row by row, as text.
export function parseXlsx (data) {
  const files = unzip(data)
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map((m) => plain(m[1]))
  return [...files.get('xl/worksheets/sheet1.xml').matchAll(/<row .*?<\/row>/gs)].map(([row]) =>
    [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes, inner]) => {
      const value = plain(inner ?? '')
      return /t="s"/.test(attributes) ? shared[Number(value)] : value
    }))
}
