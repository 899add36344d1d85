import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFileSync, readJsonSync, replaceFileSync } from './durable-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-durable-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a file is replaced as a whole, for its owner alone, and nothing else stays', () => {
  const file = join(folder, 'replaced')
  replaceFileSync(file, 'old and longer')
  replaceFileSync(file, 'new')
  expect(readFileSync(file, 'utf8')).toBe('new')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['replaced'])
  expect(() => replaceFileSync(join(folder, 'none', 'file'), 'x')).toThrow('ENOENT')
})

test('a file that must be the first is never the second', () => {
  const file = join(folder, 'first')
  expect([makeFileSync(file, 'one'), makeFileSync(file, 'two')]).toEqual([true, false])
  expect(readFileSync(file, 'utf8')).toBe('one')
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('an empty or broken file of JSON is as good as none; one that cannot be read is told', () => {
  const file = join(folder, 'json')
  expect(readJsonSync(file)).toBeUndefined()
  for (const torn of ['', '{"a":', '\0\0\0']) {
    writeFileSync(file, torn)
    expect(readJsonSync(file)).toBeUndefined()
  }
  writeFileSync(file, '{"a":1}')
  expect(readJsonSync(file)).toEqual({ a: 1 })
  expect(() => readJsonSync(folder)).toThrow('EISDIR')
})
