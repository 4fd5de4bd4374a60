/*
 * Confirming visits from a phone, also where there is no signal: each confirmation is first kept on the phone, then
 * sent, and stays listed as unsent until the server has it.
 *
 *   [data-delivery]            around it all; data-login-path: where the server sends who is not logged in; data-person:
 *                              who is logged in: what somebody else marked on this phone waits for them
 *   [data-visit="ID"]          one visit, with form[data-visit-form] and [data-visit-state]
 *   [data-now]                 hidden field: time on the phone in UTC milliseconds when the button was pressed
 *   template[data-state=waiting|sent|refused]   what to show in [data-visit-state]
 *   [data-unsent]              notice while something is unsent, with [data-unsent-count="Unsent: {n}"] and [data-send-now]
 *   [data-login-needed]        notice when the session is over; nothing is lost by it
 *
 * The hidden field "once" makes a confirmation that was sent twice count once.
 */
const root = document.querySelector('[data-delivery]')

function showState (id, state) {
  const visit = root.querySelector(`[data-visit="${CSS.escape(id)}"]`)
  const template = root.querySelector(`template[data-state=${state}]`)
  if (!visit || !template) return
  visit.querySelector('[data-visit-state]').replaceChildren(template.content.cloneNode(true))
  visit.classList.toggle('visit--unsent', state !== 'sent')
  visit.querySelector('[data-visit-form]').hidden = state !== 'refused'
}

const ownEntries = async () => (await storeAll('visits')).filter((entry) => entry.person === root.dataset.person)

async function showUnsent () {
  const waiting = (await ownEntries()).filter((entry) => entry.state === 'waiting')
  const notice = root.querySelector('[data-unsent]')
  const count = root.querySelector('[data-unsent-count]')
  notice.hidden = waiting.length === 0
  count.textContent = count.dataset.unsentCount.replace('{n}', waiting.length)
  return waiting
}

const bodyOf = (entry) => {
  const body = new FormData()
  for (const [name, value] of entry.values) body.append(name, value)
  return body
}

/* The page may be days old: the token of a page fetched now replaces the one kept with the confirmation. */
function renewToken (entry, page) {
  const fresh = page.querySelector('[data-visit-form] [name=csrf], form [name=csrf]')
  const kept = entry.values.find(([name]) => name === 'csrf')
  if (!fresh || !kept || fresh.value === kept[1]) return false
  kept[1] = fresh.value
  return true
}

/* "sent", "waiting", "refused" or "login". */
async function sendEntry (entry) {
  for (let attempt = 0; attempt < 2; attempt++) {
    const result = await sendForm(entry.address, bodyOf(entry))
    if (result.state === 'later') return 'waiting'
    if (result.state === 'login' || result.status === 403) return 'login'
    if (result.state === 'done') {
      const login = root.dataset.loginPath
      return login && new URL(result.location, location.href).pathname === login ? 'login' : 'sent'
    }
    if (result.status < 400) return 'sent'
    if (!renewToken(entry, result.page)) return 'refused'
  }
  return 'refused'
}

/* True when nothing is left to send. */
async function sendAll () {
  for (const entry of await showUnsent()) {
    const state = await sendEntry(entry)
    root.querySelector('[data-login-needed]').hidden = state !== 'login'
    if (state === 'sent') await storeDelete('visits', entry.once)
    else if (state === 'refused') await storePut('visits', entry.once, { ...entry, state })
    if (state === 'sent' || state === 'refused') showState(entry.id, state)
    else break
  }
  return (await showUnsent()).length === 0
}

let tryNow = null
const startSending = () => {
  if (tryNow) tryNow()
  else {
    tryNow = keepTrying(async () => {
      const finished = await sendAll()
      if (finished) tryNow = null
      return finished
    })
    tryNow()
  }
}

/* "Another reason" is in words; better asked here than refused when the phone has a signal again. */
function hasReason (form, button) {
  const reason = form.querySelector('[name=reason]')
  const other = form.querySelector('[data-why-other]')
  const missing = button && button.value === 'missed' && other && other.checked && !reason.value.trim()
  if (!reason) return true
  reason.setCustomValidity(missing ? reason.dataset.missing : '')
  if (missing) reason.reportValidity()
  reason.oninput = () => reason.setCustomValidity('')
  return !missing
}

function setUpForm (form) {
  const photos = all('[data-photos]', form).map((input) => photoField(input, () => {}))[0]
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (form.dataset.sent) return
    if (!hasReason(form, event.submitter)) return
    form.dataset.sent = '1'
    if (photos) await photos.settled()
    for (const field of all('[data-now]', form)) field.value = Date.now()
    const body = new FormData(form)
    const button = event.submitter
    if (button && button.name) body.append(button.name, button.value)
    const values = Array.from(body.entries()).filter(([, value]) => !(value instanceof File) || value.size)
    const id = form.closest('[data-visit]').dataset.visit
    const once = body.get('once') || `${id} ${Date.now()}`
    try {
      await storePut('visits', once, { once, id, address: form.action, values, person: root.dataset.person, state: 'waiting' })
    } catch {
      /* No room on the phone: let the browser send it the ordinary way, with the button's value. */
      const outcome = document.createElement('input')
      outcome.type = 'hidden'
      if (button && button.name) {
        outcome.name = button.name
        outcome.value = button.value
      }
      form.append(outcome)
      return form.submit()
    }
    delete form.dataset.sent
    showState(id, 'waiting')
    startSending()
  })
}

async function beginDelivery () {
  all('[data-visit-form]', root).forEach(setUpForm)
  root.addEventListener('click', (event) => { if (event.target.closest('[data-send-now]')) startSending(); })
  for (const entry of await ownEntries()) {
    /* A refused one is shown once more; the visit's own form is there again. */
    if (entry.state === 'refused') await storeDelete('visits', entry.once)
    showState(entry.id, entry.state)
  }
  if ((await showUnsent()).length) startSending()
}
if (root) beginDelivery()
