import { expect, test } from 'vitest'
import { openEmergency } from '../../src/access/emergency.ts'
import { emergenciesSince, endEmergencies, reviewEmergency, type Emergency } from '../../src/store/emergencies.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile()
const begun = Date.parse('2026-07-01T10:00:00Z')
const after = (minutes: number) => new Date(begun + minutes * 60_000)

const open = (patient: Buffer, reason: string, minutes: number) =>
  openEmergency(db, { actor: 'dr', role: 'reader', reason }, patient, after(minutes))

test('an emergency that is prolonged is to be reviewed again, and keeps what was found before', async () => {
  const patient = Buffer.alloc(16, 1)
  await open(patient, 'unconscious at the door', 0)
  const [first] = await emergenciesSince(db, after(0), 10)
  expect(await reviewEmergency(db, first!, 'op', 'confirmed', after(5))).toBe(true)
  await open(patient, 'still not awake', 30)
  const [prolonged] = await emergenciesSince(db, after(0), 10)
  expect(prolonged).toMatchObject({ id: first!.id, review: null, earlierReviews: [{ by: 'op', what: 'confirmed' }] })
  expect(prolonged!.until).toEqual(after(90))
  // Who has the page of before open knows nothing of the reason given since.
  expect(await reviewEmergency(db, first!, 'op', 'confirmed too', after(40))).toBe(false)
  expect(await reviewEmergency(db, prolonged!, 'op', 'confirmed too', after(40))).toBe(true)
  await open(patient, 'and still is not', 60)
  const [last] = await emergenciesSince(db, after(0), 10)
  expect(last!.earlierReviews.map(({ what }) => what)).toEqual(['confirmed', 'confirmed too'])
})

test('what nobody has looked after is listed however old it is and however many came after', async () => {
  const begun: Emergency[] = []
  for (const [one, minutes] of [0, 1, 2].entries()) {
    await open(Buffer.alloc(16, 10 + one), 'unconscious at the door', minutes)
    begun.push((await emergenciesSince(db, after(0), 1))[0]!)
  }
  await endEmergencies(db, after(1_000))
  for (const one of begun.slice(1)) await reviewEmergency(db, one, 'op', 'confirmed', after(2_000))
  const ids = begun.map(({ id }) => id)
  const [forgotten, older, newest] = ids
  const listed = async (since: Date, limit: number | null) =>
    (await emergenciesSince(db, since, limit)).map(({ id }) => id).filter((id) => ids.includes(id))
  expect(await listed(after(200_000), 10)).toEqual([forgotten])
  expect(await listed(after(0), 1)).toEqual([newest, forgotten])
  expect(await listed(after(0), null)).toEqual([newest, older, forgotten])
})

test('of many reasons the newest stay, and what runs is listed however long ago it began', async () => {
  const patient = Buffer.alloc(16, 2)
  for (let one = 0; one < 15; one += 1) await open(patient, `reason ${one} ${'x'.repeat(180)}`, one * 50)
  const [found] = await emergenciesSince(db, after(10_000), 1)
  expect(found?.reason).toContain('reason 14 ')
  expect(found?.reason).not.toContain('reason 0 ')
  expect(found?.reason.length).toBe(2_000)
})
