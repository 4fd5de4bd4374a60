/*
 * Keeps values in the browser's own database, so that nothing a person has entered is lost with the connection.
 * Stores: "drafts" (key: form), "visits" (key: once). A browser that refuses (private window) gets memory instead:
 * the page works, only a reload forgets.
 */
const fallback = { drafts: new Map(), visits: new Map() }
let database

function openDatabase () {
  database = database || new Promise((resolve) => {
    try {
      const request = indexedDB.open('aimak', 1)
      request.onupgradeneeded = () => {
        request.result.createObjectStore('drafts')
        request.result.createObjectStore('visits')
      }
      request.onsuccess = () => resolve(request.result)
      request.onerror = request.onblocked = () => resolve(null)
    } catch {
      resolve(null)
    }
  })
  return database
}

/* Runs `work(objectStore)` and gives its request's result; `instead(map)` where there is no database. */
async function inStore (name, mode, work, instead) {
  const db = await openDatabase()
  if (!db) return instead(fallback[name])
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, mode)
    const request = work(transaction.objectStore(name))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

const storePut = (name, key, value) => inStore(name, 'readwrite', (s) => s.put(value, key), (m) => { m.set(key, value); })
const storeGet = (name, key) => inStore(name, 'readonly', (s) => s.get(key), (m) => m.get(key))
const storeDelete = (name, key) => inStore(name, 'readwrite', (s) => s.delete(key), (m) => { m.delete(key); })
const storeAll = (name) => inStore(name, 'readonly', (s) => s.getAll(), (m) => Array.from(m.values()))

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector))
