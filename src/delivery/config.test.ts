import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dataFolder } from '../kernel/package-root.ts'
import { loadDestinations, loadRoutes } from './config.ts'

test('a lease must hold a question, a post and what a destination without a memory does after the time-out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-destinations-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = 'vaccinnet.yaml'
  const shipped = readFileSync(join(dataFolder, 'destinations', file), 'utf8')
  writeFileSync(join(folder, file), shipped.replace(/^leaseMs: .*$/m, 'leaseMs: 30000'))
  expect(() => loadDestinations({ environment: {} }, folder)).toThrow(/vaccinnet\.yaml.*a third of leaseMs/)
  writeFileSync(join(folder, file), shipped.replace(/^leaseMs: .*$/m, 'leaseMs: 30001'))
  expect(loadDestinations({ environment: {} }, folder)).toMatchObject([{ leaseMs: 30_001 }])
})

test('what a killed node had claimed for a destination without a memory waits 35 s at most, as ARCHITECTURE.md says', () => {
  const forgetful = loadDestinations({ environment: {} }).filter(({ dedupes }) => !dedupes)
  expect(forgetful.map(({ name, leaseMs }) => [name, leaseMs])).toEqual([['vaccinnet', 35_000]])
})

test('a file with broken YAML is named, with the line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-destinations-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(dataFolder, 'destinations'), folder, { recursive: true })
  writeFileSync(join(folder, 'broken.yaml'), 'name: broken\ntexts:\n  nl: [a\nbatch: 5\n')
  const unreadable = (reason: RegExp) => ({
    code: 'destination-unreadable',
    params: { file: 'broken.yaml', reason: expect.stringMatching(reason) as string },
  })
  expect(() => loadDestinations({ environment: {} }, folder)).toThrow(expect.objectContaining(unreadable(/line \d/)))
  expect(() => loadRoutes([], folder)).toThrow(expect.objectContaining(unreadable(/line \d/)))
  writeFileSync(join(folder, 'broken.yaml'), 'name: broken\nbatch: *nothing\n')
  expect(() => loadDestinations({ environment: {} }, folder)).toThrow(/broken\.yaml/)
})
