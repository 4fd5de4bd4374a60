/*
 * On every page; makes what works anyway a little easier. No words are in here: they come from attributes.
 *
 *   [hidden][data-js]         shown: useless without script
 *   [data-dismiss]            closes the nearest [data-dismissible]
 *   [data-confirm="Sure?"]    on a form or its button: asks before sending
 *   form                      is sent once; its button shows data-busy meanwhile
 *   [data-print]              prints; details[data-print-open] open for that
 *   [data-copy="#id"]         copies the text of #id, then shows data-copied
 *   textarea[data-count]      characters left, e.g. data-count="{n} left" with maxlength
 *   [data-nearest-url]        asks for the position and goes to URL?lat=..&lon=..; data-failed when that fails
 *   .site-nav [aria-current]  brought into its row's view, where the row scrolls
 *   [data-keys]               arrow keys move between the first links of its rows (tr, li)
 */
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector))

function revealScripted (root) {
  for (const element of all('[data-js]', root)) element.hidden = false
}

/* Beside each text area that says so, a line with the characters left. */
function addCounters (root) {
  for (const area of all('textarea[data-count][maxlength]', root)) {
    const line = document.createElement('p')
    line.className = 'govuk-hint'
    area.after(line)
    const show = () => { line.textContent = area.dataset.count.replace('{n}', area.maxLength - area.value.length); }
    area.addEventListener('input', show)
    show()
  }
}

/* Screen readers hear the faults first; the title of the page already begins with "Error:". */
function focusFaults (root) {
  const summary = root.querySelector('.govuk-error-summary')
  if (!summary) return
  summary.tabIndex = -1
  summary.focus()
}

function begin (root) {
  revealScripted(root)
  addCounters(root)
  focusFaults(root)
}

function goNearest (button) {
  const fail = () => {
    const line = button.parentElement.appendChild(document.createElement('span'))
    line.setAttribute('role', 'status')
    line.textContent = button.dataset.failed || ''
    button.hidden = true
  }
  if (!navigator.geolocation) return fail()
  button.setAttribute('aria-disabled', 'true')
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => location.assign(`${button.dataset.nearestUrl}?lat=${coords.latitude.toFixed(5)}&lon=${coords.longitude.toFixed(5)}`),
    fail, { timeout: 20000, maximumAge: 60000 })
}

document.addEventListener('click', (event) => {
  const target = event.target.closest("[data-dismiss],[data-print],[data-copy],[data-nearest-url],.govuk-error-summary a[href^='#']")
  if (!target) return
  if (target.matches('[data-dismiss]')) target.closest('[data-dismissible]').remove()
  else if (target.matches('[data-print]')) print()
  else if (target.matches('[data-nearest-url]')) goNearest(target)
  else if (target.matches('[data-copy]')) {
    navigator.clipboard.writeText(document.querySelector(target.dataset.copy).textContent.trim())
      .then(() => { target.textContent = target.dataset.copied || target.textContent; }, () => {})
  } else {
    /* A link of the error summary goes to the field itself, with its label in view. */
    const field = document.getElementById(target.hash.slice(1))
    if (!field) return
    event.preventDefault();
    (field.closest('.govuk-form-group') || field).scrollIntoView()
    field.focus({ preventScroll: true })
  }
})

document.addEventListener('submit', (event) => {
  const form = event.target
  const button = event.submitter
  if (event.defaultPrevented || form.method === 'dialog') return
  const question = (button && button.dataset.confirm) || form.dataset.confirm
  if (question && !confirm(question)) return event.preventDefault()
  if (form.method !== 'post') return
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = '1'
  /* Not disabled before the form has been read: its name and value belong to what is sent. */
  setTimeout(() => {
    if (!button) return
    button.setAttribute('aria-disabled', 'true')
    if (button.dataset.busy) {
      button.dataset.idle = button.textContent
      button.textContent = button.dataset.busy
    }
  })
  /* Files to download leave the page where it is. */
  setTimeout(() => release(form), 15000)
})

function release (form) {
  delete form.dataset.sent
  for (const button of all('[aria-disabled]', form)) {
    button.removeAttribute('aria-disabled')
    if (button.dataset.idle) button.textContent = button.dataset.idle
  }
}
/* Back from the next page: the browser may show this one as it was left. */
addEventListener('pageshow', () => all('form[data-sent]').forEach(release))

addEventListener('beforeprint', () => { for (const part of all('details[data-print-open]')) part.open = true; })

function openTarget () {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
  const closed = target && target.closest('details:not([open])')
  if (closed) {
    closed.open = true
    target.scrollIntoView()
  }
}
addEventListener('hashchange', openTarget)

document.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const list = step && event.target.closest('[data-keys]')
  if (!list || event.target.matches('input,select,textarea')) return
  const links = all('tr,li', list).map((row) => row.querySelector('a[href]')).filter(Boolean)
  const row = event.target.closest('tr,li')
  const next = links[links.findIndex((link) => row && row.contains(link)) + step]
  if (next) {
    next.focus()
    event.preventDefault()
  }
})

/* Another script has put new content into the page (part_send.js). */
document.addEventListener('aimak:content', (event) => begin(event.target))
begin(document)
openTarget()
for (const here of all('.site-nav__list [aria-current]')) {
  const row = here.closest('ul')
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - 40
}
