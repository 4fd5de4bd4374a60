// XML read by a strict parser into elements, and held against the JSON that says the same.
import assert from 'node:assert/strict'
import { SaxesParser } from 'saxes'

// { name, children: [...], text }. Anything that is not well-formed throws.
export function parseXml (text) {
  const parser = new SaxesParser({ xmlns: false })
  const top = { name: '', children: [], text: '' }
  const stack = [top]
  parser.on('error', (error) => { throw error })
  parser.on('doctype', () => { throw new Error('a document type') })
  parser.on('opentag', (tag) => {
    assert.deepEqual(Object.keys(tag.attributes), [], `attributes of <${tag.name}>`)
    const element = { name: tag.name, children: [], text: '' }
    stack.at(-1).children.push(element)
    stack.push(element)
  })
  parser.on('text', (piece) => { stack.at(-1).text += piece })
  parser.on('closetag', () => stack.pop())
  parser.write(text).close()
  assert.equal(top.children.length, 1)
  return top.children[0]
}

export const child = (element, name) => {
  const found = element.children.filter((one) => one.name === name)
  assert.equal(found.length, 1, `<${name}> in <${element.name}>`)
  return found[0]
}

// The XML says what the JSON says: lists are elements with one child for each item, null is empty.
export function assertSame (element, json, path = element.name) {
  if (Array.isArray(json)) {
    assert.equal(element.children.length, json.length, path)
    json.forEach((item, i) => assertSame(element.children[i], item, `${path}/${element.children[i].name}[${i + 1}]`))
  } else if (json !== null && typeof json === 'object') {
    assert.deepEqual(element.children.map((one) => one.name), Object.keys(json), path)
    for (const [name, value] of Object.entries(json)) assertSame(child(element, name), value, `${path}/${name}`)
  } else {
    assert.equal(element.children.length, 0, path)
    assert.equal(element.text, json === null ? '' : String(json), path)
  }
}
