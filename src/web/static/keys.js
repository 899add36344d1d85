// Keys of the console: they only move and open, never act, and the reader can switch them off (WCAG 2.1.4).

const list = /** @type {HTMLDialogElement | null} */ (document.getElementById('keys'))
const choice = /** @type {HTMLInputElement | null} */ (document.getElementById('keys-on'))
const place = 'sluis-keys'

/** The page also works where storage is refused. */
function stored() {
  try {
    return localStorage.getItem(place) !== 'off'
  } catch {
    return true
  }
}

if (choice !== null) {
  choice.checked = stored()
  choice.addEventListener('change', () => {
    try {
      localStorage.setItem(place, choice.checked ? 'on' : 'off')
    } catch {
      // Refused storage: the choice holds for this page.
    }
  })
}

/** @param {number} step */
function moveRow(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-row]')])
  const here = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement))
  rows.at(here === -1 ? (step > 0 ? 0 : -1) : Math.min(rows.length - 1, Math.max(0, here + step)))?.focus()
}

let going = false

document.addEventListener('keydown', (event) => {
  const target = /** @type {Element} */ (event.target)
  const inField = target.closest('input, textarea, select, [contenteditable]') !== null
  if (choice === null || !choice.checked || inField || event.ctrlKey || event.metaKey || event.altKey) return
  if (going) {
    going = false
    const entry = /** @type {HTMLElement | null} */ (document.querySelector(`[data-go="${CSS.escape(event.key)}"]`))
    if (entry?.dataset.address !== undefined) location.assign(entry.dataset.address)
    return
  }
  if (event.key === 'g') going = true
  else if (event.key === 'j') moveRow(1)
  else if (event.key === 'k') moveRow(-1)
  else if (event.key === '?') list?.showModal()
  else if (event.key === '/') {
    event.preventDefault()
    document.getElementById('find')?.focus()
  }
})
