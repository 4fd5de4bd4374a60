/*
 * A pin on the server-made drawing of the village: <svg data-pin-pad data-west data-east data-south data-north> in a
 * [data-place] with <path data-pin> and the fields lat and lon. Touch or click sets the pin; arrow keys move it (with
 * Shift faster). Distances are small, so degrees are taken as straight lines.
 */
function pinPad (place, moved) {
  const pad = place.querySelector('[data-pin-pad]')
  const fields = { lat: place.querySelector('[name=lat]'), lon: place.querySelector('[name=lon]') }
  if (!pad) return { set(lat, lon) { fields.lat.value = lat; fields.lon.value = lon; moved(); } }
  const pin = pad.querySelector('[data-pin]')
  const box = pad.viewBox.baseVal
  const [west, east, south, north] = ['west', 'east', 'south', 'north'].map((side) => Number(pad.dataset[side]))
  let x = box.width / 2
  let y = box.height / 2

  function show () {
    pin.setAttribute('transform', `translate(${Math.round(x)} ${Math.round(y)})`)
    pin.removeAttribute('hidden')
  }
  function write () {
    fields.lon.value = (west + (x / box.width) * (east - west)).toFixed(5)
    fields.lat.value = (north - (y / box.height) * (north - south)).toFixed(5)
    show()
    moved()
  }
  pad.addEventListener('click', (event) => {
    const frame = pad.getBoundingClientRect()
    x = ((event.clientX - frame.left) / frame.width) * box.width
    y = ((event.clientY - frame.top) / frame.height) * box.height
    write()
  })
  pad.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 40 : 8
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step], Enter: [0, 0] }[event.key]
    if (!move) return
    event.preventDefault()
    x = Math.min(box.width, Math.max(0, x + move[0]))
    y = Math.min(box.height, Math.max(0, y + move[1]))
    write()
  })
  /* The fields count; the pin follows them as far as the drawing reaches. */
  function set (lat, lon) {
    fields.lat.value = lat
    fields.lon.value = lon
    x = ((lon - west) / (east - west)) * box.width
    y = ((north - lat) / (north - south)) * box.height
    if (x >= 0 && x <= box.width && y >= 0 && y <= box.height) show()
    else pin.setAttribute('hidden', '')
    moved()
  }
  if (fields.lat.value && fields.lon.value) set(Number(fields.lat.value), Number(fields.lon.value))
  return { set }
}
