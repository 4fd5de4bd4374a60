/*
 * Builds the style guide: sample pages with real words in the markup that templates use.
 *
 *     node assets/guide.mjs OUT_DIR      then open OUT_DIR/index.html
 *
 * A page is guide/NAME.html: a first line of settings in a comment (JSON), then what stands inside <main>. The frame
 * around it is guide/_frame.html. The guide is a reference and what tests/browser/guide.test.mjs looks at; nothing in the
 * program reads it.
 */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const here = dirname(fileURLToPath(import.meta.url))

const WORDS = {
  ky: {
    program: 'Аймак',
    person: 'Адис А.',
    leave: 'Чыгуу',
    skip: 'Негизги мазмунга өтүү',
    demo: 'Көрсөтмө: бул жердеги адамдар жана окуялар ойдон чыгарылган.',
    language: 'Тил',
    navigation: 'Аймактын барактары',
    unit: ['Үлгү айыл аймагы', 'municipality.html'],
    links: [['Кызматтар', 'charter.html'], ['Кайрылуулар', 'reports.html'], ['Календарь', 'calendar.html'], ['Ачык маалымат', 'compare.html'], ['Байланыш', 'error.html']],
    desk: [['Иш тизмеси', 'worklist.html'], ['Кызматтар', 'charter.html'], ['Баруулар', 'visits.html'], ['Жарандык хартия', 'poster.html']],
    footer: [['Үлгү айыл өкмөтү', ['Үлгү айылы, Достук көчөсү, 1', 'Дүйшөмбү–жума, 9:00–18:00', ['0 (000) 00-00-00', 'tel:000000000']]],
      ['Тургундарга', [['Көйгөйдү кабарлоо', 'report.html'], ['Кайрылууну издөө', 'reports.html'], ['Кызматтардын календары', 'calendar.html']]],
      ['Баарына ачык', [['Аймактарды салыштыруу', 'compare.html'], ['Ачык маалыматты жүктөө', 'compare.html'], ['Кызматкерлерге кирүү', 'error.html']]]],
    end: 'Аймак: айыл өкмөтү өз ишин эл менен бирге ачык жүргүзөт.',
  },
  ru: {
    program: 'Аймак',
    person: 'Специалист А.',
    leave: 'Выйти',
    skip: 'Перейти к содержанию',
    demo: 'Демонстрация: люди и события на этих страницах вымышлены.',
    language: 'Язык',
    navigation: 'Страницы аймака',
    unit: ['Айылный аймак Үлгү', 'municipality.html'],
    links: [['Услуги', 'charter.html'], ['Обращения', 'reports.html'], ['Календарь', 'calendar.html'], ['Открытые данные', 'compare.html'], ['Контакты', 'error.html']],
    desk: [['Список работ', 'worklist.html'], ['Услуги', 'charter.html'], ['Выезды', 'visits.html'], ['Хартия', 'poster.html']],
    footer: [['Айыл окмоту Үлгү', ['с. Үлгү, ул. Достук, 1', 'понедельник–пятница, 9:00–18:00', ['0 (000) 00-00-00', 'tel:000000000']]],
      ['Жителям', [['Сообщить о проблеме', 'report.html'], ['Найти обращение', 'reports.html'], ['Календарь услуг', 'calendar.html']]],
      ['Открыто для всех', [['Сравнить аймаки', 'compare.html'], ['Скачать открытые данные', 'compare.html'], ['Вход для сотрудников', 'error.html']]]],
    end: 'Аймак: сельская управа работает открыто, вместе с жителями.',
  },
}

const link = ([text, href], current) => `<li><a href="${href}"${href === current ? ' aria-current="page"' : ''}>${text}</a></li>`

function navigation (words, page, name) {
  if (!page.nav) return ''
  const links = page.nav === 'desk' ? words.desk : words.links
  return `<nav class="site-nav" aria-label="${words.navigation}"><div class="page ${page.wide ? 'page--wide' : ''}">
      <a class="site-nav__unit" href="${words.unit[1]}">${words.unit[0]}</a>
      <ul class="site-nav__list">${links.map((l) => link(l, `${name}.html`)).join('')}</ul></div></nav>`
}

function footer (words) {
  const columns = words.footer.map(([title, items]) =>
    `<div><h2>${title}</h2><ul>${items.map((i) => (Array.isArray(i) ? link(i) : `<li>${i}</li>`)).join('')}</ul></div>`)
  return `<div class="site-footer__columns">${columns.join('')}</div><p class="site-footer__end">${words.end}</p>`
}

export async function buildGuide (out) {
  const sizes = await build(out)
  mkdirSync(out, { recursive: true })
  const frame = readFileSync(join(here, 'guide', '_frame.html'), 'utf8')
  const pages = []
  for (const file of readdirSync(join(here, 'guide')).sort()) {
    if (file.startsWith('_') || !file.endsWith('.html')) continue
    const text = readFileSync(join(here, 'guide', file), 'utf8')
    const head = /^<!--\s*(\{.*?\})\s*-->\n/s.exec(text)
    if (!head) throw new Error(`assets/guide/${file}:1: error: the first line must be <!-- {settings as JSON} -->`)
    const page = JSON.parse(head[1])
    const name = file.replace(/\.html$/, '')
    const words = WORDS[page.lang]
    const values = {
      ...words, ...page,
      wide: page.wide ? 'page--wide' : '',
      nav: navigation(words, page, name),
      account: page.nav === 'desk' ? `<div class="account"><a href="login.html">${words.person}</a><form action="login.html" method="post"><button class="link-button">${words.leave}</button></form></div>` : '',
      footer: footer(words),
      current_ky: page.lang === 'ky' ? 'aria-current="true"' : '',
      current_ru: page.lang === 'ru' ? 'aria-current="true"' : '',
      scripts: ['app.js', ...(page.scripts || [])].map((s) => `<script src="${s}" defer></script>`).join('\n  '),
      content: text.slice(head[0].length),
    }
    let html = frame.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key] ?? '')
    html = html.replaceAll('href="/assets/', 'href="')
    writeFileSync(join(out, file), html)
    pages.push({ name, ...page })
  }
  copyFileSync(join(here, 'guide', 'photo.svg'), join(out, 'photo.svg'))
  const list = pages.map((p) => `<li lang="${p.lang}"><a href="${p.name}.html">${p.title}</a> <small class="quiet">${p.name}</small></li>`)
  writeFileSync(join(out, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Aimak style guide</title><link rel="stylesheet" href="style.css"><main class="page"><h1>Aimak style guide</h1><ul class="govuk-list">${list.join('')}</ul></main></html>`)
  return { pages, sizes }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) {
    console.error('usage: node assets/guide.mjs OUT_DIR')
    process.exit(2)
  }
  await buildGuide(resolve(process.argv[2]))
}
