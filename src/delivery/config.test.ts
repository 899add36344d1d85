import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dataFolder } from '../kernel/package-root.ts'
import { loadDestinations, loadRoutes } from './config.ts'

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
