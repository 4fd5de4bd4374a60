// Pages read as a rough stranger reads them: links and forms taken out of the HTML, filled in, followed.

const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s>/])`).exec(tag)
  return found ? unescape(found[1] ?? '') : null
}

// The POST forms of a page: { action, page, multipart, fields: [{ name, type, value, values }] }. `values` are the
// choices; hidden fields have what the page gave them.
export function formsOf (html, page) {
  const forms = []
  for (const [, head, inner] of html.matchAll(/<form(\s[^>]*)>([\s\S]*?)<\/form>/g)) {
    const opening = `<form${head}>`
    if (attribute(opening, 'method') !== 'post') continue
    const fields = new Map()
    const add = (name, type, value, chosen) => {
      const field = fields.get(name) ?? { name, type, value: null, values: [] }
      field.values.push(value)
      if (chosen && field.value === null) field.value = value
      fields.set(name, field)
    }
    for (const [tag] of inner.matchAll(/<(?:input|button)\s[^>]*>/g)) {
      const name = attribute(tag, 'name')
      const type = attribute(tag, 'type') ?? 'text'
      if (!name) continue
      add(name, tag.startsWith('<button') ? 'button' : type, attribute(tag, 'value') ?? '',
        type === 'radio' || type === 'checkbox' ? attribute(tag, 'checked') !== null : true)
    }
    for (const [, tag, text] of inner.matchAll(/(<textarea\s[^>]*>)([\s\S]*?)<\/textarea>/g)) add(attribute(tag, 'name'), 'textarea', unescape(text).trim(), true)
    for (const [, tag, options] of inner.matchAll(/(<select\s[^>]*>)([\s\S]*?)<\/select>/g)) {
      for (const [option] of options.matchAll(/<option[^>]*>/g)) {
        add(attribute(tag, 'name'), 'select', attribute(option, 'value') ?? '', attribute(option, 'selected') !== null)
      }
    }
    forms.push({
      action: attribute(opening, 'action') || page,
      page,
      multipart: attribute(opening, 'enctype') === 'multipart/form-data',
      fields: [...fields.values()]
    })
  }
  return forms
}

const invented = { email: 'test@example.org', number: '1', tel: '+996555000111', date: '2026-12-01', time: '10:00', url: 'https://example.org/' }

// What a person in a hurry would send: what stands there, the first of the choices, a few words elsewhere.
export function fillIn (form) {
  const filled = {}
  for (const { name, type, value, values } of form.fields) {
    if (type === 'file') continue
    if (type === 'checkbox' && value === null) continue
    if (type === 'radio' || type === 'select') filled[name] = value || values.find(Boolean) || ''
    else if (type === 'hidden' || type === 'button') filled[name] = value ?? values[0]
    else filled[name] = value || (/year/.test(name) ? '2027' : /day|month/.test(name) ? '1' : invented[type] ?? 'Сыноо сөздөрү')
  }
  return filled
}

// The shape of an address: what only differs in numbers is the same page.
export const shape = (path) => path.replace(/\?(.*)$/, (_, query) => '?' + [...new URLSearchParams(query).keys()].sort().join('&'))
  .replace(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/g, '{number}').replace(/\/\d{5,}/g, '/{id}')

// Follows the links of a visitor within `within`, two pages of each shape at most (and of a list no more than three of
// its filters and orders); calls see(path, answer).
export async function crawl (visitor, starts, within, see, { each = 2, most = 400 } = {}) {
  const counts = new Map()
  const known = new Set(starts)
  const queue = [...starts]
  for (let asked = 0; queue.length && asked < most; asked++) {
    const path = queue.shift()
    const answer = await visitor.send(path)
    await see(path, answer)
    if (!/html/.test(answer.headers['content-type'] ?? '')) continue
    for (const [, link] of answer.text.matchAll(/href="(\/[^"#]*)/g)) {
      const to = unescape(link)
      const kind = shape(to)
      const [list, query] = kind.split('?')
      const variants = query === undefined ? 0 : counts.get(`${list}?`) ?? 0
      if (known.has(to) || !within.test(to) || /[?&]lang=/.test(to) || (counts.get(kind) ?? 0) >= each || variants >= 3) continue
      known.add(to)
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      if (query !== undefined) counts.set(`${list}?`, variants + 1)
      queue.push(to)
    }
  }
}
