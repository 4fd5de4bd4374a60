/*
 * The work list without a mouse, and ticking many rows at once.
 *
 *   form[data-worklist]   rows are tr[data-row] with a checkbox and a link [data-row-link]
 *   [data-select-all]     ticks all; Shift-click ticks a range
 *   [data-bulk]           shown with the first tick; [data-bulk-count="Chosen: {n}"]
 *   [data-keys-search]    the field that "/" goes to
 *   dialog[data-keys-help], [data-keys-open]   the list of keys, also by "?"; [data-keys-on] switches single keys off and on:
 *                         who dictates to the computer must be able to (WCAG 2.1.4)
 *   select[data-template-into="id"]   puts data-text of the chosen option into that text area
 */
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector))
const list = document.querySelector('[data-worklist]')
const help = document.querySelector('[data-keys-help]')
const KEYS = 'aimak-keys'

function remembered (value) {
  try {
    if (value === undefined) return localStorage.getItem(KEYS)
    localStorage.setItem(KEYS, value)
  } catch {
    /* Without storage keys are simply on. */
  }
  return null
}

function setUpList () {
  const rows = all('[data-row]', list)
  const boxes = rows.map((row) => row.querySelector('input[type=checkbox]'))
  const every = list.querySelector('[data-select-all]')
  const bulk = list.querySelector('[data-bulk]')
  const count = list.querySelector('[data-bulk-count]')
  let active = -1
  let last = -1

  function show () {
    const chosen = boxes.filter((box) => box && box.checked).length
    rows.forEach((row, index) => row.classList.toggle('is-checked', Boolean(boxes[index] && boxes[index].checked)))
    if (bulk) {
      bulk.hidden = chosen === 0
      bulk.classList.toggle('is-on', chosen > 0)
      if (chosen) count.textContent = count.dataset.bulkCount.replace('{n}', chosen)
    }
    if (every) {
      every.checked = chosen === boxes.length && chosen > 0
      every.indeterminate = chosen > 0 && chosen < boxes.length
    }
  }
  function tick (index, on) {
    if (boxes[index]) boxes[index].checked = on
  }
  function goTo (index) {
    if (index < 0 || index >= rows.length) return
    if (rows[active]) rows[active].classList.remove('is-active')
    active = index
    rows[active].classList.add('is-active')
    rows[active].querySelector('[data-row-link]').focus({ preventScroll: true })
    rows[active].scrollIntoView({ block: 'nearest' })
  }

  list.addEventListener('click', (event) => {
    const index = boxes.indexOf(event.target)
    if (index < 0) return
    if (event.shiftKey && last >= 0) {
      for (let i = Math.min(last, index); i <= Math.max(last, index); i++) tick(i, event.target.checked)
    }
    last = index
  })
  list.addEventListener('change', (event) => {
    if (event.target === every) boxes.forEach((_, index) => tick(index, every.checked))
    show()
  })
  rows.forEach((row, index) => row.addEventListener('focusin', () => {
    if (active === index) return
    if (rows[active]) rows[active].classList.remove('is-active')
    active = index
    row.classList.add('is-active')
  }))

  const actions = {
    j: () => goTo(active + 1),
    k: () => goTo(Math.max(0, active - 1)),
    x: () => {
      if (active < 0 || !boxes[active]) return
      tick(active, !boxes[active].checked)
      show()
    },
    Enter: () => { if (active >= 0) rows[active].querySelector('[data-row-link]').click(); },
    Escape: () => {
      boxes.forEach((_, index) => tick(index, false))
      show()
    },
    '/': () => {
      const field = document.querySelector('[data-keys-search]')
      if (!field) return
      const closed = field.closest('details')
      if (closed) closed.open = true
      field.focus()
    },
    '?': () => help && help.showModal(),
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || (help && help.open)) return
    if (event.target.matches('input:not([type=checkbox]),select,textarea,[contenteditable]')) return
    /* Enter on a link or button does what the browser does. */
    if (event.key === 'Enter' && event.target !== document.body) return
    if (remembered() === 'off' && event.key !== 'Escape') return
    /* The same key on a Cyrillic layout. */
    const key = { KeyJ: 'j', KeyK: 'k', KeyX: 'x' }[event.code] || event.key
    if (!actions[key]) return
    event.preventDefault()
    actions[key]()
  })
  addEventListener('pageshow', show)
  show()
}

if (help) {
  const on = help.querySelector('[data-keys-on]')
  on.checked = remembered() !== 'off'
  on.addEventListener('change', () => remembered(on.checked ? 'on' : 'off'))
  for (const button of all('[data-keys-open]')) button.addEventListener('click', () => help.showModal())
}
if (list) setUpList()

for (const select of all('select[data-template-into]')) {
  select.addEventListener('change', () => {
    const text = select.selectedOptions[0].dataset.text
    const area = document.getElementById(select.dataset.templateInto)
    if (text && area) area.value = text
  })
}
