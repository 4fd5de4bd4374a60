/*
 * Sends a form in the background and says what became of it; nothing is thrown away here.
 *
 *   {state: "done", location}   accepted, the server's next page
 *   {state: "answer", status, page}   the server has something to say (faults: 422): its page, parsed
 *   {state: "login"}            the session is over
 *   {state: "later"}            no connection, a server that is busy or down: try again
 */
async function sendForm (address, body) {
  const abort = new AbortController()
  /* Three shrunken photos need about a minute on the slowest connection we serve. */
  const timer = setTimeout(() => abort.abort(), 180000)
  try {
    const response = await fetch(address, { method: 'POST', body, signal: abort.signal, headers: { 'X-Requested-With': 'fetch', Accept: 'text/html' } })
    if (response.status === 401) return { state: 'login' }
    if (response.status >= 500 || response.status === 429 || response.status === 408) return { state: 'later' }
    /* With X-Requested-With the server names the next page in a header instead of sending it twice. */
    const next = response.headers.get('X-Location') || (response.redirected && response.url)
    if (next) return { state: 'done', location: next }
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    /* A page that is not ours comes from something in between: a proxy, a hotel's log-in. */
    return page.querySelector('main') ? { state: 'answer', status: response.status, page } : { state: 'later' }
  } catch {
    return { state: 'later' }
  } finally {
    clearTimeout(timer)
  }
}

/* Calls `attempt` now and then until it returns true: when the browser says it is online, and after growing pauses. */
function keepTrying (attempt) {
  let pause = 5000
  let timer = 0
  let running = false
  async function go () {
    clearTimeout(timer)
    if (running) return
    running = true
    const finished = await attempt()
    running = false
    if (finished) return removeEventListener('online', soon)
    timer = setTimeout(go, pause)
    pause = Math.min(pause * 2, 120000)
  }
  function soon () {
    pause = 5000
    go()
  }
  addEventListener('online', soon)
  timer = setTimeout(go, pause)
  return soon
}

/* Puts the server's page in place of this one without losing what scripts hold. */
function showPage (page) {
  const main = document.querySelector('main')
  main.replaceChildren(...page.querySelector('main').childNodes)
  document.title = page.title
  main.dispatchEvent(new CustomEvent('aimak:content', { bubbles: true }))
}
