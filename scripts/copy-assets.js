// Copies what the compiler does not: SQL and static files, next to the compiled rooms that read them; and the files of
// other packages that the pages serve, so that a published package needs no development dependency.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
for (const folder of ['src/store/sql', 'src/web/static']) {
  const to = join(root, 'dist', folder)
  mkdirSync(to, { recursive: true })
  cpSync(join(root, folder), to, { recursive: true, force: true })
}

const { joined, vendored } = await import('../dist/src/web/assets.js')
for (const [name, sources] of Object.entries(vendored)) {
  const parts = sources.map((source) => readFileSync(join(root, 'node_modules', source)))
  writeFileSync(join(root, 'dist/src/web/static', name), joined(parts))
}
