// Keeps ages going and says whether the stream of a page still speaks. Without this file the page shows fixed times.

/** A stream speaks every five seconds; twice missed, it is broken. */
const silentAfter = 12_000

/** How far the clock of this device is from the server's, in milliseconds. */
const offset = Date.parse(document.body.dataset.now ?? '') - Date.now()
const language = document.documentElement.lang
const locale = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' }[language] ?? 'nl-BE'
const relative = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' })

/** @type {readonly [number, number, Intl.RelativeTimeFormatUnit][]} */
const units = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [Infinity, 86_400, 'day'],
]

/** @param {string} at */
function ago(at) {
  const seconds = (Date.now() + offset - Date.parse(at)) / 1000
  const [, size, unit] = units.find(([limit]) => Math.abs(seconds) < limit) ?? units[3]
  return relative.format(-Math.floor(seconds / size), unit)
}

function tick() {
  for (const element of document.querySelectorAll('[data-age]')) {
    const text = ago(/** @type {HTMLElement} */ (element).dataset.age ?? '')
    if (element.textContent !== text) element.textContent = text
  }
  showLife()
}

/** When the stream last said something; the page itself is its first word. */
let heardAt = Date.now()
/** When it was last asked for. */
let askedAt = heardAt
/** Whether the stream is thought to be open: `waiting` until its first word. */
let stream = /** @type {'waiting' | 'open' | 'broken'} */ ('waiting')
/** The connection of the stream; it is asked for again when nothing comes through it. */
let connection = /** @type {{ reader?: ReadableStreamDefaultReader | null } | null} */ (null)

function showLife() {
  const holder = /** @type {HTMLElement | null} */ (document.querySelector('.as-of[data-live]'))
  const word = holder?.querySelector('span')
  if (holder === null || !word || document.getElementById('live') === null) return
  if (Date.now() - Math.max(heardAt, askedAt) > silentAfter) askAgain()
  const { still = '', live = '', silent = '' } = holder.dataset
  holder.classList.toggle('is-silent', stream === 'broken')
  const text =
    stream === 'waiting'
      ? still
      : stream === 'open'
        ? live
        : silent.replace('{ago}', ago(new Date(heardAt + offset).toISOString()))
  if (word.textContent !== text) word.textContent = text
}

/** A connection can be dead and not know it: given up, it is made anew. */
function askAgain() {
  stream = 'broken'
  askedAt = Date.now()
  void connection?.reader?.cancel()
}

document.addEventListener('htmx:sse:after:connection', (event) => {
  connection = /** @type {CustomEvent} */ (event).detail.connection
  askedAt = Date.now()
})

document.addEventListener('htmx:sse:after:message', () => {
  heardAt = Date.now()
  stream = 'open'
  const heading = document.querySelector('#live h1')?.textContent
  if (heading) document.title = `${heading} – ${document.title.split(' – ').at(-1)}`
  tick()
})

/** The stream reconnects by itself, within seconds each time; until it is back the page says so. */
document.addEventListener('htmx:sse:error', (event) => {
  if (/** @type {CustomEvent} */ (event).detail.status === 401) location.reload()
  stream = 'broken'
  showLife()
})

/**
 * An answer that is no stream (a node that stops, a session that ended) must not replace the figures; the stream only
 * reconnects by itself after it has once been open.
 */
document.addEventListener('htmx:before:response', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  if (ctx.sourceElement.id !== 'live' || ctx.response.headers.get('content-type')?.includes('text/event-stream')) return
  event.preventDefault()
  if (ctx.response.status === 401) location.reload()
  else connectAgain()
})

document.addEventListener('htmx:error', (event) => {
  if (/** @type {CustomEvent} */ (event).detail.ctx?.sourceElement?.id === 'live') connectAgain()
})

function connectAgain() {
  stream = 'broken'
  showLife()
  const part = document.getElementById('live')
  const address = part?.getAttribute('hx-sse:connect')
  if (part === null || !address) return
  // Spread out, so that all readers of a restarted node do not come back at one moment.
  setTimeout(() => Reflect.get(globalThis, 'htmx').ajax('GET', address, { source: part }), 1000 + Math.random() * 2000)
}

setInterval(tick, 1000)
tick()
