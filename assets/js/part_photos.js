/*
 * Photos before they are sent: made smaller (a phone's 8 MB become some 400 KB, which decides whether a report gets
 * through on 3G), turned upright, freed of position and camera data, shown as previews. For
 *
 *   <input type="file" data-photos data-max-count data-max-px data-max-bytes
 *          data-remove="Remove photo {n}" data-size="{kb} KB" data-too-many data-unreadable>
 *   <p data-photos-fault hidden>   <ul class="photos" data-photos-list>      both in the same .govuk-form-group
 *
 * The chosen files stay in the input itself, so an ordinary submission sends the small ones.
 */
async function shrinkPhoto (file, maxPx) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, maxPx / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const paint = canvas.getContext('2d')
  /* What was transparent would turn black in a JPEG. */
  paint.fillStyle = '#fff'
  paint.fillRect(0, 0, canvas.width, canvas.height)
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
  if (!blob) throw new Error('not encoded')
  return { file: new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }), canvas }
}

function showPreview (field, { file, canvas }, index, onRemove) {
  const { remove, size } = field.input.dataset
  const item = document.createElement('li')
  item.className = 'photos__item'
  const thumb = document.createElement('canvas')
  thumb.width = 240
  thumb.height = 180
  const fill = Math.max(240 / canvas.width, 180 / canvas.height)
  thumb.getContext('2d').drawImage(canvas, (240 - canvas.width * fill) / 2, (180 - canvas.height * fill) / 2, canvas.width * fill, canvas.height * fill)
  const weight = document.createElement('span')
  weight.textContent = size.replace('{kb}', Math.max(1, Math.round(file.size / 1024)))
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'link-button'
  button.textContent = remove.replace('{n}', index + 1)
  button.addEventListener('click', onRemove)
  item.append(thumb, weight, button)
  field.list.append(item)
}

/* Takes over one input; calls changed(files) after each change. Gives {set(files), busy()}. */
function photoField (input, changed) {
  const group = input.closest('.govuk-form-group')
  const field = { input, list: group.querySelector('[data-photos-list]'), fault: group.querySelector('[data-photos-fault]') }
  const { maxCount, maxPx, maxBytes, tooMany, unreadable } = input.dataset
  let photos = []
  let work = Promise.resolve()

  function say (text) {
    field.fault.textContent = text || ''
    field.fault.hidden = !text
  }
  function show () {
    const box = new DataTransfer()
    for (const photo of photos) box.items.add(photo.file)
    input.files = box.files
    field.list.replaceChildren()
    photos.forEach((photo, index) => showPreview(field, photo, index, () => {
      photos.splice(index, 1)
      say()
      show()
      input.focus()
    }))
    changed(photos.map((photo) => photo.file))
  }
  async function add (files) {
    say()
    for (const file of files) {
      if (photos.length >= Number(maxCount)) {
        say(tooMany)
        break
      }
      try {
        const photo = await shrinkPhoto(file, Number(maxPx))
        if (photo.file.size > Number(maxBytes)) throw new Error('too large')
        photos.push(photo)
      } catch {
        say(unreadable)
      }
    }
    show()
  }
  input.addEventListener('change', () => {
    const files = Array.from(input.files)
    work = work.then(() => add(files))
  })
  return {
    set(files) {
      photos = []
      work = work.then(() => add(files))
      return work
    },
    settled: () => work,
  }
}
