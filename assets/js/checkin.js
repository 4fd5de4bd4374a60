/*
 * The list of who came: a code that the camera reads or a hand types presses the button of that participant here, so that
 * it is kept without a signal like any other mark (delivery.js). A code that is not in the list goes to the server.
 *
 * Each form names who is logged in (hidden field "keeper"): the server refuses what another person kept on this phone.
 *
 *   [data-checkin]          around it all
 *   [data-code="..."]       a participant with form[data-visit-form]
 *   [data-checkin-form]     the field for codes; data-unknown, data-done: what to say
 *   [data-checkin-camera]   shown where the browser reads QR codes; [data-checkin-video], [data-checkin-said]
 */
const place = document.querySelector('[data-checkin]')

const letters = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, '')

function press (code) {
  const found = Array.from(place.querySelectorAll('[data-code]')).find((item) => item.dataset.code && letters(item.dataset.code) === letters(code))
  const button = found && found.querySelector('[data-visit-form] button[value=yes]')
  if (!button) return false
  if (!button.form.hidden) button.form.requestSubmit(button)
  place.querySelector('[data-checkin-said]').textContent = found.querySelector('h2').textContent
  found.scrollIntoView({ block: 'nearest' })
  return true
}

async function startCamera (video, form) {
  const detector = new BarcodeDetector({ formats: ['qr_code'] })
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  video.hidden = false
  await video.play()
  let last = ''
  const look = async () => {
    if (!video.srcObject) return
    for (const { rawValue } of await detector.detect(video).catch(() => [])) {
      if (rawValue === last) continue
      last = rawValue
      if (!press(rawValue)) place.querySelector('[data-checkin-said]').textContent = form.dataset.unknown
    }
    setTimeout(look, 400)
  }
  look()
}

function beginCheckin () {
  const form = place.querySelector('[data-checkin-form]')
  const camera = place.querySelector('[data-checkin-camera]')
  form.addEventListener('submit', (event) => {
    if (!press(form.elements.code.value)) return
    event.preventDefault()
    form.elements.code.value = ''
    form.elements.code.focus()
  })
  camera.hidden = !('BarcodeDetector' in window && navigator.mediaDevices)
  camera.addEventListener('click', () => startCamera(place.querySelector('[data-checkin-video]'), form).catch(() => { camera.hidden = true }))
}
if (place) beginCheckin()
