/*
 * The report form on a weak connection: what was typed and photographed is kept on the phone until the server has it.
 *
 *   form[data-draft="report"][data-send]   the form; the draft is kept per form and address
 *   [data-draft-skip]                      a field not kept (name, phone, e-mail), unless it waits to be sent
 *   [data-draft-restored]                  notice shown after restoring, with [data-draft-clear-button]
 *   [data-send-waiting]                    notice shown while it waits to be sent, with [data-send-now]
 *   [data-draft-done="report"]             on the page after sending: forget the draft
 *   [data-place], [data-locate]            position of the phone; words in data-finding -found -denied -failed
 *   [data-similar-url]                     similar open reports nearby: GET URL?service=&fault=&village=&street=&lat=&lon= gives
 *                                          {"items": [{"href", "title", "meta"}]}, shown by template[data-similar-item]
 *
 * The hidden field "once" travels with the draft: however often it is sent, it is one report.
 */
const DRAFT_DAYS = 7
const MAIN = document.querySelector('main')

for (const mark of all('[data-draft-done]')) {
  /* The address of the form is not this page's: drop each draft of that name. */
  forgetDrafts(mark.dataset.draftDone)
}
async function forgetDrafts (name) {
  for (const draft of await storeAll('drafts')) if (draft.name === name) storeDelete('drafts', draft.key)
}

function fieldsOf (form, withPersonal) {
  const values = []
  for (const field of form.elements) {
    if (!field.name || field.type === 'file' || field.type === 'submit' || field.type === 'password' || field.name === 'csrf') continue
    if (!withPersonal && field.hasAttribute('data-draft-skip')) continue
    if ((field.type === 'radio' || field.type === 'checkbox') && !field.checked) continue
    values.push([field.name, field.value])
  }
  return values
}

/* Fills what the person has not filled here; a choice that came with the link (?service=) stays. */
function fill (form, values) {
  const chosen = new Set(Array.from(form.elements).filter((f) => f.checked).map((f) => f.name))
  for (const [name, value] of values) {
    for (const field of all(`[name="${CSS.escape(name)}"]`, form)) {
      if (field.type === 'radio' || field.type === 'checkbox') {
        if (field.value === value && !chosen.has(name)) field.checked = true
      } else if (!field.value || name === 'once') field.value = value
    }
  }
}

function setUpReport (form) {
  const key = `${form.dataset.draft} ${location.pathname}`
  const notice = (name) => MAIN.querySelector(`[${name}]`)
  const draft = { key, name: form.dataset.draft, at: 0, values: [], photos: [], waiting: false }
  let timer = 0
  let tryNow = null
  let sending = null
  let over = false

  const photos = all('[data-photos]', form).map((input) => photoField(input, (files) => {
    draft.photos = files
    keepSoon()
  }))[0]

  function keep () {
    clearTimeout(timer)
    draft.at = Date.now()
    draft.values = fieldsOf(form, draft.waiting)
    return storePut('drafts', key, draft).catch(() => {})
  }
  function keepSoon () {
    clearTimeout(timer)
    timer = setTimeout(keep, 400)
  }
  form.addEventListener('input', keepSoon)
  form.addEventListener('change', keepSoon)
  /* A phone that runs short of memory drops the page as soon as the camera opens. */
  document.addEventListener('visibilitychange', () => { if (timer && document.hidden) keep(); })

  const forget = () => {
    clearTimeout(timer)
    return storeDelete('drafts', key).catch(() => {})
  }

  async function restore () {
    const old = await storeGet('drafts', key).catch(() => null)
    if (!old) return
    if (Date.now() - old.at > DRAFT_DAYS * 86400000) return forget()
    /* With faults on the page the server has filled it already; only photos cannot be sent back. */
    const answered = MAIN.querySelector('.govuk-error-summary')
    if (!answered) fill(form, old.values)
    draft.waiting = old.waiting
    draft.button = old.button
    if (photos && old.photos.length) await photos.set(old.photos)
    if (old.waiting) return wait()
    notice('data-draft-restored').hidden = Boolean(answered)
    form.dispatchEvent(new Event('change'))
  }

  async function wait () {
    draft.waiting = true
    await keep()
    notice('data-send-waiting').hidden = false
    notice('data-send-waiting').scrollIntoView({ block: 'center' })
    tryNow = tryNow || keepTrying(send)
  }

  /* One at a time, whether a person or the clock asks. True when there is nothing left to try. */
  function send () {
    sending = sending || sendOnce().then((finished) => {
      sending = null
      return finished
    })
    return sending
  }
  async function sendOnce () {
    if (over) return true
    if (photos) await photos.settled()
    draft.waiting = true
    await keep()
    const body = new FormData(form)
    if (draft.button) body.append(...draft.button)
    const result = await sendForm(form.action, body)
    if (result.state === 'later') {
      await wait()
      return false
    }
    over = true
    draft.waiting = false
    if (result.state === 'done') {
      await forget()
      location.assign(result.location)
      return true
    }
    await keep()
    if (result.state === 'login') location.reload()
    else showPage(result.page)
    return true
  }

  form.addEventListener('submit', async (event) => {
    if (!form.hasAttribute('data-send')) return
    event.preventDefault()
    if (form.dataset.sent) return
    form.dataset.sent = '1'
    const button = event.submitter
    const label = button && button.textContent
    if (button) {
      if (button.name) draft.button = [button.name, button.value]
      button.setAttribute('aria-disabled', 'true')
      button.textContent = button.dataset.busy || label
    }
    await send()
    delete form.dataset.sent
    if (button) {
      button.removeAttribute('aria-disabled')
      button.textContent = label
    }
  })

  MAIN.onclick = async (event) => {
    if (event.target.closest('[data-send-now]') && tryNow) tryNow()
    if (event.target.closest('[data-draft-clear-button]')) {
      form.reset()
      notice('data-draft-restored').hidden = true
      if (photos) await photos.set([])
      await forget()
    }
  }

  const place = form.querySelector('[data-place]')
  if (place) setUpPlace(place, form)
  const similar = form.querySelector('[data-similar-url]')
  if (similar) setUpSimilar(similar, form)
  restore()
}

function setUpPlace (place, form) {
  const pin = pinPad(place, () => form.dispatchEvent(new Event('change')))
  const button = place.querySelector('[data-locate]')
  const line = place.querySelector('[data-locate-status]')
  if (!button) return
  if (!navigator.geolocation) {
    button.hidden = true
    return
  }
  button.addEventListener('click', () => {
    const words = button.dataset
    line.textContent = words.finding
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      pin.set(Number(coords.latitude.toFixed(5)), Number(coords.longitude.toFixed(5)))
      line.textContent = words.found.replace('{m}', Math.max(1, Math.round(coords.accuracy)))
    }, (fault) => { line.textContent = fault.code === 1 ? words.denied : words.failed; },
    { enableHighAccuracy: true, timeout: 30000, maximumAge: 30000 })
  })
}

function setUpSimilar (box, form) {
  const list = box.querySelector('[data-similar-list]')
  const template = box.querySelector('[data-similar-item]')
  let asked = ''
  async function ask () {
    const data = new FormData(form)
    const query = new URLSearchParams()
    for (const name of ['service', 'fault', 'village', 'street', 'lat', 'lon']) if (data.get(name)) query.set(name, data.get(name))
    if (!query.has('service') || !(query.has('village') || query.has('lat')) || asked === String(query)) return
    asked = String(query)
    let items
    try {
      const response = await fetch(`${box.dataset.similarUrl}?${query}`, { headers: { Accept: 'application/json' } })
      items = (await response.json()).items
    } catch {
      asked = ''
      return
    }
    list.replaceChildren(...items.map((item) => {
      const row = template.content.cloneNode(true)
      const link = row.querySelector('[data-slot=title]')
      link.textContent = item.title
      /* Only addresses of our own. */
      link.href = new URL(item.href, location.origin).pathname
      row.querySelector('[data-slot=meta]').textContent = item.meta
      return row
    }))
    box.hidden = items.length === 0
    /* Shown once is enough: the server need not ask again. */
    if (items.length && form.elements.similar_seen) form.elements.similar_seen.value = '1'
  }
  form.addEventListener('change', ask)
  ask()
}

function begin () {
  const form = MAIN.querySelector('form[data-draft]')
  if (form) setUpReport(form)
}
document.addEventListener('aimak:content', begin)
begin()
