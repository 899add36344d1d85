import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { insertCertificates, type NewCertificate } from '../../src/store/certificates.ts'
import { acknowledgedSince, secondCertificates } from '../../src/store/drill-facts.ts'
import { makeWorld } from '../delivery/world.ts'

test('a second certificate for a record is counted, the first one again is not', async () => {
  const world = await makeWorld()
  await world.put({ result: 'negative' })
  const [owed] = await world.query<{ id: number; dataKey: number }>(
    `select d.id, r.data_key as "dataKey" from delivery d join record r on r.id = d.record where d.purpose = 'certificate'`,
  )
  const arrives = (uvci: string): Promise<void> => insertCertificates(world.db, [certificate(owed!, uvci)], 'test')

  await arrives('URN:UVCI:01:BE:ONE#A')
  await arrives('URN:UVCI:01:BE:ONE#A')
  expect(await secondCertificates(world.db)).toBe(0)
  await arrives('URN:UVCI:01:BE:OTHER#A')
  expect(await secondCertificates(world.db)).toBe(1)
})

test('what was received before a fault and acknowledged during it is not counted as gone through', async () => {
  const world = await makeWorld()
  await world.query(
    `insert into sender (id, client_id, name, kind, public_keys) values
      (1, 'pharmacy', 'Pharmacy', 'pharmacy', '[]'), (2, 'probe', 'Probe', 'probe', '[]')`,
  )
  const began = new Date()
  const at = (ms: number): Date => new Date(began.getTime() + ms)
  const settle = (): Promise<unknown> => world.query(`update delivery set state = 'acknowledged', settled_at = now()`)
  await world.put({ kind: 'vaccination', receivedAt: at(-1) })
  await settle()
  expect(await acknowledgedSince(world.db, 'vaccinnet', began)).toBe(0)
  // One of the hub's own, one that is not acknowledged yet, and one that counts, in this order.
  await world.put({ kind: 'vaccination', receivedAt: at(1), senderId: 2 })
  await settle()
  await world.put({ kind: 'vaccination', receivedAt: at(1) })
  expect(await acknowledgedSince(world.db, 'vaccinnet', began)).toBe(0)
  await settle()
  expect(await acknowledgedSince(world.db, 'vaccinnet', began)).toBe(1)
})

const certificate = ({ id, dataKey }: { id: number; dataKey: number }, uvci: string): NewCertificate => ({
  delivery: id,
  uvci,
  hc1: Buffer.from('sealed'),
  dataKey,
  hashUci: randomBytes(16),
  hashSignature: randomBytes(16),
  issuedAt: new Date('2022-07-01T10:00:00Z'),
  expiresAt: new Date('2023-07-01T10:00:00Z'),
})
