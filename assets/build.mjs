/*
 * Makes what the program serves under /assets: one stylesheet, a script per kind of page, the icons.
 *
 *     node assets/build.mjs OUT_DIR [--sizes]
 *
 * Needs node_modules (sass, govuk-frontend) beside the source tree and no network. It stops when a file grows over its
 * limit: a resident on a weak connection pays for every kilobyte, so the limit is a fault like any other.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/* Limits are gzip bytes of what one page loads. */
const STYLE_LIMIT = 14 * 1024;
const SCRIPT_LIMIT = 6 * 1024;
const ICONS_LIMIT = 4 * 1024;

/* A script is its parts in this order inside one function, so that parts share names but the page does not. */
const SCRIPTS = {
  "app.js": ["app.js"],
  "report.js": ["part_store.js", "part_photos.js", "part_send.js", "pin.js", "report.js"],
  "desk.js": ["desk.js"],
  "delivery.js": ["part_store.js", "part_photos.js", "part_send.js", "delivery.js"],
};
const ICONS = ["icons.svg", "favicon.svg", "logo.svg"];

class BuildError extends Error {}

async function makeStyle() {
  let sass, packages;
  try {
    sass = require("sass");
    packages = dirname(dirname(require.resolve("govuk-frontend/package.json")));
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new BuildError('assets: sass or govuk-frontend is not installed; run "make build" (or npm ci) once');
  }
  const made = sass.compile(join(here, "scss", "style.scss"), {
    style: "compressed",
    loadPaths: [packages],
    quietDeps: true,
    /* Both come from GOV.UK Frontend 5, which still uses @import. */
    silenceDeprecations: ["import", "mixed-decls"],
  });
  return made.css.replace(/^\uFEFF/, "") + "\n";
}

/*
 * Drops whole-line comments, indentation and empty lines; gzip does the rest. Not a parser, so it refuses what it
 * could break: a template literal over several lines.
 */
export function slim(source, name) {
  const kept = [];
  let inComment = false;
  source.split("\n").forEach((line, index) => {
    const text = line.trim();
    if (inComment) {
      inComment = !text.endsWith("*/");
      return;
    }
    if (text.startsWith("/*")) {
      inComment = !text.endsWith("*/");
      return;
    }
    if (text === "" || text.startsWith("//")) return;
    if ((text.split("`").length - 1) % 2 !== 0) {
      throw new BuildError(`${name}:${index + 1}: error: a template literal must end on its line`);
    }
    kept.push(text);
  });
  return kept.join("\n");
}

function makeScript(parts) {
  const bodies = parts.map((part) => slim(readFileSync(join(here, "js", part), "utf8"), `assets/js/${part}`));
  return `(()=>{"use strict";\n${bodies.join("\n")}\n})();\n`;
}

function slimSvg(text) {
  return text.replace(/<!--[\s\S]*?-->/g, "").replace(/>\s+</g, "><").trim() + "\n";
}

function check(name, text, limit) {
  const size = gzipSync(text, { level: 9 }).length;
  if (size > limit) throw new BuildError(`${name}: ${size} bytes gzip, the limit is ${limit}`);
  return size;
}

export async function build(out) {
  mkdirSync(out, { recursive: true });
  const sizes = {};
  const write = (name, text, limit) => {
    sizes[name] = check(name, text, limit);
    writeFileSync(join(out, name), text);
  };
  write("style.css", await makeStyle(), STYLE_LIMIT);
  for (const [name, parts] of Object.entries(SCRIPTS)) write(name, makeScript(parts), SCRIPT_LIMIT);
  for (const name of ICONS) write(name, slimSvg(readFileSync(join(here, "icons", name), "utf8")), ICONS_LIMIT);
  /* Every page loads app.js beside its own script. */
  const both = Math.max(...Object.keys(SCRIPTS).filter((n) => n !== "app.js").map((n) => sizes[n])) + sizes["app.js"];
  if (both > SCRIPT_LIMIT) throw new BuildError(`scripts of one page: ${both} bytes gzip, the limit is ${SCRIPT_LIMIT}`);
  return sizes;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = process.argv[2];
  if (!out) {
    console.error("usage: node assets/build.mjs OUT_DIR [--sizes]");
    process.exit(2);
  }
  try {
    const sizes = await build(resolve(out));
    if (process.argv.includes("--sizes")) {
      for (const [name, size] of Object.entries(sizes)) console.log(`${String(size).padStart(6)}  ${name}`);
    }
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error.stack);
    process.exit(1);
  }
}
