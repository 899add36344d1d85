import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDemonstration } from './demonstration.ts'
import { simulatedPharmacies } from './simulated.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-simulated-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('senders stay the same for the life of a folder, and a file torn by a power cut is made anew', async () => {
  const { file, senders } = await simulatedPharmacies(folder, 2)
  expect((await simulatedPharmacies(folder, 2)).senders).toEqual(senders)
  for (const torn of ['', '[{"clientId":"x"', '[]']) {
    writeFileSync(file, torn)
    expect((await simulatedPharmacies(folder, 2)).senders).toHaveLength(2)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(2)
  }
})

test('so do the laboratory and the patients it measures', async () => {
  const first = await makeDemonstration(folder)
  expect(first).toMatchObject({ fresh: true, senders: [{ kind: 'laboratory' }] })
  expect(await makeDemonstration(folder)).toEqual({ ...first, fresh: false })
  for (const file of [first.clients, first.patients]) writeFileSync(file, '')
  expect(await makeDemonstration(folder)).toMatchObject({ fresh: true, senders: [{ kind: 'laboratory' }] })
})
