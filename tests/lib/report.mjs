// A resident's report, as the form on the phone takes it.
import assert from 'node:assert/strict'

export const NUMBER = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/

// Fills in what every report needs; the form of a service is open.
export async function fillReport (page, { fault = 'water.leak', street = 'Сыноо көчөсү, 3', words }) {
  await page.check(`input[name=fault][value="${fault}"]`)
  if (await page.$('select[name=village]')) await page.selectOption('select[name=village]', { index: 1 })
  await page.fill('[name=street]', street)
  await page.fill('[name=words]', words)
}

// The form counts from when it was opened, because what is filled in faster than a person can is held back as spam.
export async function letTimePass (page) {
  await page.$eval('[name=began]', (field) => { field.value = String(Number(field.value) - 60000) })
}

// Sends it; the number. The page may first show open reports like this one: sending again says "mine is another".
export async function sendReport (page) {
  for (let tries = 0; tries < 2 && !await page.$('.receipt'); tries++) {
    await Promise.all([page.waitForNavigation(), page.click('form[method=post] button[type=submit].button--large')])
  }
  const number = (await page.textContent('.receipt__number')).trim()
  assert.match(number, new RegExp(`^${NUMBER.source}$`))
  return number
}
