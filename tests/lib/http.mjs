// Requests as a browser or a rough stranger sends them, over node:http so that nothing is tidied up on the way.
import http from 'node:http'
import { randomBytes } from 'node:crypto'

// One request, to its end: { status, headers, text, bytes }. Rejects when the connection breaks.
export function ask (base, path, { method = 'GET', headers = {}, body, agent, timeout = 30000 } = {}) {
  const at = new URL(base)
  return new Promise((resolve, reject) => {
    const request = http.request({ host: at.hostname, port: at.port, method, path, headers, agent, timeout }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString('utf8') })
      })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)))
    request.on('error', reject)
    request.end(body)
  })
}

export const encode = (fields) => new URLSearchParams(fields).toString()
export const once = () => randomBytes(16).toString('base64url')

// A browser: keeps cookies, and fills in the hidden fields of the form that it opened.
export class Visitor {
  constructor (base, { address, agent } = {}) {
    this.base = base
    this.agent = agent
    this.cookies = new Map()
    this.extra = address ? { 'X-Forwarded-For': address } : {}
  }

  async send (path, options = {}) {
    const headers = { ...this.extra, ...options.headers }
    if (this.cookies.size) headers.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(this.base, path, { ...options, headers, agent: this.agent })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      this.cookies.set(name, value)
    }
    return answer
  }

  // The hidden fields of the page's forms, by name.
  async open (path) {
    const answer = await this.send(path)
    const hidden = {}
    for (const [tag] of answer.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)
      const value = /value="([^"]*)"/.exec(tag)
      if (name) hidden[name[1]] = value ? value[1] : ''
    }
    this.hidden = hidden
    return answer
  }

  post (path, fields) {
    return this.send(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.base },
      body: encode({ csrf: this.hidden?.csrf ?? '', ...fields })
    })
  }
}

// Logs a member of the demonstration's staff in, the second factor too: the page shows the code.
export async function logIn (base, login, options) {
  const visitor = new Visitor(base, options)
  await visitor.open('/login')
  const first = await visitor.post('/login', { login, password: 'kok-jar-demo', once: visitor.hidden.once })
  if (first.status !== 303) throw new Error(`${login}: /login answered ${first.status}`)
  const page = await visitor.open('/login/code')
  const code = /<strong class="number">(\d{6})</.exec(page.text)?.[1]
  const second = await visitor.post('/login/code', { code, once: visitor.hidden.once })
  if (second.status !== 303) throw new Error(`${login}: /login/code answered ${second.status} to ${code}`)
  return visitor
}
