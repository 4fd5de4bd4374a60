/*
 * Makes what the program serves under /assets: one stylesheet, a script per kind of page, the icons.
 *
 *     node assets/build.mjs OUT_DIR [--sizes]
 *
 * Needs node_modules (sass, govuk-frontend, terser) beside the source tree and no network. It stops when a file grows over its
 * limit: a resident on a weak connection pays for every kilobyte, so the limit is a fault like any other.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/* Limits are gzip bytes of what one page loads. */
const STYLE_LIMIT = 14 * 1024
const SCRIPT_LIMIT = 6 * 1024
const ICONS_LIMIT = 4 * 1024

/* A script is its parts in this order inside one function, so that parts share names but the page does not. */
const SCRIPTS = {
  'app.js': ['app.js'],
  'report.js': ['part_store.js', 'part_photos.js', 'part_send.js', 'pin.js', 'report.js'],
  'desk.js': ['desk.js'],
  'checkin.js': ['checkin.js'],
  'citation.js': ['citation.js'],
  'draft.js': ['draft.js'],
  'delivery.js': ['part_store.js', 'part_photos.js', 'part_send.js', 'delivery.js'],
}
const ICONS = ['icons.svg', 'favicon.svg', 'logo.svg']

class BuildError extends Error {}

function load (name) {
  try {
    return require(name)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    throw new BuildError(`assets: the npm package ${name} is not installed; run "make build" (or npm ci) once`)
  }
}

function makeStyle () {
  const sass = load('sass')
  const packages = dirname(dirname(require.resolve('govuk-frontend/package.json')))
  const made = sass.compile(join(here, 'scss', 'style.scss'), {
    style: 'compressed',
    loadPaths: [packages],
    quietDeps: true,
    /* Both come from GOV.UK Frontend 5, which still uses @import. */
    silenceDeprecations: ['import', 'mixed-decls'],
  })
  return made.css.replace(/^\uFEFF/, '') + '\n'
}

/* Sources are written to be read; comments, indentation and local names go here, half of the bytes with them. */
async function makeScript (name, parts) {
  const { minify } = load('terser')
  const body = parts.map((part) => readFileSync(join(here, 'js', part), 'utf8')).join('\n')
  try {
    const made = await minify({ [name]: `(()=>{"use strict";${body}\n})();` }, { ecma: 2019, compress: { passes: 2 } })
    return made.code + '\n'
  } catch (error) {
    throw new BuildError(`assets/js (${parts.join(' + ')}): ${error.message}, line ${error.line}`)
  }
}

function slimSvg (text) {
  return text.replace(/<!--[\s\S]*?-->/g, '').replace(/>\s+</g, '><').trim() + '\n'
}

function check (name, text, limit) {
  const size = gzipSync(text, { level: 9 }).length
  if (size > limit) throw new BuildError(`${name}: ${size} bytes gzip, the limit is ${limit}`)
  return size
}

export async function build (out) {
  mkdirSync(out, { recursive: true })
  const sizes = {}
  const write = (name, text, limit) => {
    sizes[name] = check(name, text, limit)
    writeFileSync(join(out, name), text)
  }
  write('style.css', makeStyle(), STYLE_LIMIT)
  for (const [name, parts] of Object.entries(SCRIPTS)) write(name, await makeScript(name, parts), SCRIPT_LIMIT)
  for (const name of ICONS) write(name, slimSvg(readFileSync(join(here, 'icons', name), 'utf8')), ICONS_LIMIT)
  /* Every page loads app.js beside its own script. */
  const both = Math.max(...Object.keys(SCRIPTS).filter((n) => n !== 'app.js').map((n) => sizes[n])) + sizes['app.js']
  if (both > SCRIPT_LIMIT) throw new BuildError(`scripts of one page: ${both} bytes gzip, the limit is ${SCRIPT_LIMIT}`)
  return sizes
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = process.argv[2]
  if (!out) {
    console.error('usage: node assets/build.mjs OUT_DIR [--sizes]')
    process.exit(2)
  }
  try {
    const sizes = await build(resolve(out))
    if (process.argv.includes('--sizes')) {
      for (const [name, size] of Object.entries(sizes)) console.log(`${String(size).padStart(6)}  ${name}`)
    }
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error.stack)
    process.exit(1)
  }
}
