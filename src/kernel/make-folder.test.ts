import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolderSync } from './make-folder.ts'

test('a folder and those above it are made for this user alone, twice is once', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluis-folder-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const deep = join(root, 'a', 'b')
  makeFolderSync(deep)
  makeFolderSync(deep)
  expect(statSync(deep).mode & 0o777).toBe(0o700)
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolderSync(join(root, 'file'))).toThrow(/EEXIST/)
  expect(() => makeFolderSync(join(root, 'file', 'under'))).toThrow(/ENOTDIR/)
})

test('a place that refuses new folders is an error, not a wait for ever', () => {
  expect(() => makeFolderSync('/proc/sluis/data')).toThrow(/ENOENT/)
})
