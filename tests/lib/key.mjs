// A key of an API client, made as people make it: somebody of the staff logs in and uses the page of keys.
import assert from 'node:assert/strict'
import { logIn } from './http.mjs'

// { key, revoke() }. scope: the name or code of a place, as it is typed; login: who makes it.
export async function makeKey (base, { login = 'head@kok-jar.demo', name = 'Демо программа', scope } = {}) {
  const staff = await logIn(base, login)
  const page = await staff.open('/desk/keys')
  assert.equal(page.status, 200)
  const offered = /name="scope"[^>]*value="([^"]+)"/.exec(page.text)?.[1]
  const made = await staff.post('/desk/keys', {
    name, contact: 'demo@kok-jar.demo', scope: scope ?? offered, once: staff.hidden.once
  })
  const key = /id="secret"[^>]*value="(aimak_[^"]+)"/.exec(made.text)?.[1]
  assert.ok(key, `no key was shown: ${made.status}`)
  return {
    key,
    async revoke () {
      const list = await staff.open('/desk/keys')
      const actions = [...list.text.matchAll(/action="(\/desk\/keys\/\d+)"/g)].map((match) => match[1])
      assert.ok(actions.length > 0)
      for (const action of actions) {
        const done = await staff.post(action, { once: staff.hidden.once })
        assert.ok([200, 303].includes(done.status), `${done.status}`)
      }
    }
  }
}
