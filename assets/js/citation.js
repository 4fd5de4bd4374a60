// The citation picker: while a law is named in the field, the library's citations are offered below it.
// Choosing one puts its address (fields that want an address) or its words into the field.
(function () {
  'use strict'
  document.querySelectorAll('[data-citation]').forEach(function (box) {
    var input = box.querySelector('input')
    if (!input || !window.fetch) return
    var list = document.createElement('ul')
    var asked = 0
    var timer = 0
    list.className = 'list-links small'
    list.hidden = true
    list.setAttribute('aria-live', 'polite')
    input.parentNode.insertBefore(list, input.nextSibling)

    function show (found) {
      list.textContent = ''
      list.hidden = found.length === 0
      found.forEach(function (one) {
        var item = document.createElement('li')
        var button = document.createElement('button')
        button.type = 'button'
        button.className = 'link-button'
        button.textContent = one.text
        button.addEventListener('click', function () {
          input.value = one.href
          list.hidden = true
          input.focus()
        })
        item.appendChild(button)
        list.appendChild(item)
      })
    }

    input.addEventListener('input', function () {
      clearTimeout(timer)
      var words = input.value.trim()
      if (words.length < 2 || words.charAt(0) === '/') return show([])
      timer = setTimeout(function () {
        var mine = ++asked
        fetch(box.getAttribute('data-citation') + '?q=' + encodeURIComponent(words))
          .then(function (answer) { return answer.ok ? answer.json() : [] })
          .then(function (found) { if (mine === asked) show(found) })
          .catch(function () { show([]) })
      }, 250)
    })
  })
})()
