// Writes src/web/icons.ts and the licence of the icons from the lucide-static package; run by hand when a name is added.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lucide = join(root, 'node_modules/lucide-static')

const names = [
  'arrow-left',
  'arrow-right',
  'book-open-check',
  'building-2',
  'calendar-x',
  'check',
  'chevron-right',
  'circle-check',
  'circle-pause',
  'circle-play',
  'circle-question-mark',
  'circle-user-round',
  'copy',
  'download',
  'external-link',
  'file-check',
  'file-text',
  'gauge',
  'hourglass',
  'inbox',
  'info',
  'keyboard',
  'link-2',
  'lock',
  'log-out',
  'menu',
  'octagon-x',
  'printer',
  'qr-code',
  'redo-2',
  'search',
  'send',
  'server',
  'square-stop',
  'triangle-alert',
  'unplug',
  'zap',
]

const drawing = (name) =>
  readFileSync(join(lucide, 'icons', `${name}.svg`), 'utf8')
    .replace(/<!--.*?-->/gs, '')
    .replace(/^\s*<svg[^>]*>|<\/svg>\s*$/gs, '')

/** A path joined behind another must start from the grid, not from where the other ended. */
const absoluteStart = (d) =>
  d.replace(
    /^m\s*(-?[\d.]+)[\s,]*(-?(?:\d+\.?\d*|\.\d+))\s*(?=([-\d.])?)/,
    (_, x, y, more) => `M${x} ${y}${more === undefined ? '' : 'l'}`,
  )

/** Every shape as one path: circles, lines, rectangles and polylines are few and simple in this set. */
const toPath = (tag, attributes) => {
  const number = (name, other = 0) => Number(attributes[name] ?? other)
  if (tag === 'path') return absoluteStart(attributes.d)
  if (tag === 'circle') {
    const [x, y, r] = [number('cx'), number('cy'), number('r')]
    return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
  }
  if (tag === 'line') return `M${number('x1')} ${number('y1')}L${number('x2')} ${number('y2')}`
  if (tag === 'rect') {
    const [x, y, w, h] = [number('x'), number('y'), number('width'), number('height')]
    const r = number('rx', number('ry'))
    const corner = (dx, dy) => (r === 0 ? '' : `a${r} ${r} 0 0 1 ${dx} ${dy}`)
    return `M${x + r} ${y}h${w - 2 * r}${corner(r, r)}v${h - 2 * r}${corner(-r, r)}h${2 * r - w}${corner(-r, -r)}v${2 * r - h}${corner(r, -r)}z`
  }
  if (tag === 'polyline' || tag === 'polygon') return `M${attributes.points}${tag === 'polygon' ? 'z' : ''}`
  throw new Error(`no path for <${tag}>`)
}

const paths = (name) =>
  [...drawing(name).matchAll(/<(\w+)([^>]*?)\/?>/gs)]
    .map(([, tag, rest]) =>
      toPath(tag, Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))),
    )
    .join('')

const lines = names.map((name) => `  '${name}': '${paths(name)}',`)
writeFileSync(
  join(root, 'src/web/icons.ts'),
  `// Written by scripts/make-icons.js from lucide-static (ISC; some shapes MIT, see static/licences.txt).\n\n/** Outlines on a 24 x 24 grid, drawn with a stroke of 2. */\nexport const icons = {\n${lines.join('\n')}\n} as const\n\nexport type IconName = keyof typeof icons\n`,
)

const licence = (title, path) =>
  `${title}\n${'='.repeat(title.length)}\n\n${readFileSync(join(root, 'node_modules', path), 'utf8').trim()}\n`
writeFileSync(
  join(root, 'src/web/static/licences.txt'),
  [
    licence('Icons: Lucide', 'lucide-static/LICENSE'),
    licence('Typeface: Atkinson Hyperlegible Next', '@fontsource-variable/atkinson-hyperlegible-next/LICENSE'),
    licence('Script: htmx', 'htmx.org/LICENSE'),
  ].join('\n\n'),
)
