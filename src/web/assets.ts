import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/**
 * Files of other packages that are served by ourselves; the build copies them beside our own. htmx and its stream
 * extension are one file: apart, htmx can look through the page before the extension is there, and then no stream opens.
 */
export const vendored: Readonly<Record<string, readonly string[]>> = {
  'htmx.js': ['htmx.org/dist/htmx.min.js', 'htmx.org/dist/ext/hx-sse.min.js'],
  'atkinson.woff2': [
    '@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2',
  ],
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
}

/** A static file, ready to be sent. */
export interface Asset {
  readonly type: string
  readonly bytes: Buffer
  /** The same bytes compressed; null for what is compressed already. */
  readonly gzip: Buffer | null
  readonly etag: string
}

/** What the pages need and nothing more: no inline script or style, nothing from elsewhere. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Every static file by name, read once at start (under 400 kB together). Throws when one is missing, so that a broken
 * build is found at start and not by a reader.
 */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const own = join(import.meta.dirname, 'static')
  const require = createRequire(import.meta.url)
  const files = new Map<string, Buffer>(readdirSync(own).map((name) => [name, readFileSync(join(own, name))]))
  for (const [name, sources] of Object.entries(vendored)) {
    if (!files.has(name)) files.set(name, joined(sources.map((source) => readFileSync(packageFile(require, source)))))
  }
  return new Map([...files].map(([name, bytes]) => [name, asset(name, bytes)]))
}

/** Scripts one after the other; a single file stays as it is. */
export function joined(parts: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0), ...rest] = parts
  return rest.length === 0 ? first : Buffer.concat([first, ...rest.flatMap((part) => [Buffer.from(';\n'), part])])
}

/** A file inside a package, also where the package does not export it. */
function packageFile(require: NodeJS.Require, source: string): string {
  const found = (require.resolve.paths(source) ?? [])
    .map((folder) => join(folder, source))
    .find((path) => existsSync(path))
  if (found === undefined) throw new Error(`static file ${source} is not installed`)
  return found
}

/** One text for all static files together. */
export function assetsVersion(assets: ReadonlyMap<string, Asset>): string {
  const hash = createHash('sha256')
  for (const [name, { etag }] of assets) hash.update(`${name} ${etag} `)
  return hash.digest('base64url').slice(0, 12)
}

function asset(name: string, bytes: Buffer): Asset {
  const ending = name.split('.').at(-1) ?? ''
  return {
    type: types[ending] ?? 'application/octet-stream',
    bytes,
    gzip: ending === 'woff2' ? null : gzipSync(bytes, { level: 9 }),
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
  }
}
