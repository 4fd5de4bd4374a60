/*
 * Keeps what is typed into a form until it is saved: a power cut, a session that ended or a closed page loses nothing.
 *
 *   [data-keep="NAME"][data-keep-base="VERSION"]   around one form; what was typed comes back only onto the same version,
 *                                                  so an answer saved meanwhile is never covered by an old draft
 *   [data-keep-restored] hidden                    said when something came back
 *   [data-keep-drop]                               a button in it: forget, show what is stored
 *
 * Only fields that everybody of the office may read; files and secrets are never kept.
 */
const KEEP = 'aimak-keep '

function keepRead (key) {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}

for (const around of document.querySelectorAll('[data-keep]')) {
  const form = around.querySelector('form')
  if (!form) continue
  const key = KEEP + around.dataset.keep
  const base = around.dataset.keepBase
  const fields = () => Array.from(form.elements).filter((field) => field.name && !['file', 'hidden', 'password', 'submit', 'button'].includes(field.type))
  const put = (field, values) => {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(`${field.name}=${field.value}`)
    else {
      const found = values.find((value) => value.startsWith(`${field.name}=`))
      if (found !== undefined) field.value = found.slice(field.name.length + 1)
    }
  }
  const kept = keepRead(key)
  const now = () => fields().filter((field) => !['checkbox', 'radio'].includes(field.type) || field.checked)
    .map((field) => `${field.name}=${field.value}`)
  const before = JSON.stringify(now())
  if (kept && kept.base === base && Array.isArray(kept.values)) {
    if (JSON.stringify(kept.values) !== before) {
      for (const field of fields()) put(field, kept.values)
      const note = around.querySelector('[data-keep-restored]')
      if (note) {
        note.hidden = false
        const drop = note.querySelector('[data-keep-drop]')
        if (drop) {
          drop.addEventListener('click', () => {
            localStorage.removeItem(key)
            location.reload()
          })
        }
      }
      form.dispatchEvent(new Event('change', { bubbles: true }))
    }
  } else if (kept) {
    localStorage.removeItem(key)
  }
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ base, values: now() }))
    } catch {
      /* Without storage the page works as before. */
    }
  }
  form.addEventListener('input', keep)
  form.addEventListener('change', keep)
}
