// Buttons that copy an identifier exactly as it is; they are hidden where scripts or the clipboard are missing.

/** @param {string} text */
function say(text) {
  const place = document.getElementById('said')
  if (place === null) return
  place.textContent = text
  setTimeout(() => {
    place.textContent = ''
  }, 2500)
}

function showButtons() {
  if (navigator.clipboard === undefined) return
  for (const button of document.querySelectorAll('button[data-copy][hidden]')) button.removeAttribute('hidden')
}

document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest('button[data-copy]')
  if (button instanceof HTMLElement) {
    navigator.clipboard.writeText(button.dataset.copy ?? '').then(
      () => say(button.dataset.copied ?? ''),
      () => say(button.dataset.copy ?? ''),
    )
  }
  if (/** @type {Element} */ (event.target).closest('[data-print]') !== null) window.print()
})

document.addEventListener('htmx:after:swap', showButtons)
for (const button of document.querySelectorAll('[data-print]')) button.removeAttribute('hidden')
showButtons()
