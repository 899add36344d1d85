import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { beginRegular } from '../../src/checking/regular.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleOru } from '../../src/formats/hl7v2/sample.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { setRetention } from '../../src/store/retention.ts'
import { makeOlder } from '../support/aged.ts'
import { makeLabWorld, quality, somebodyElse, tube, write, type LabWorld, type Sent } from './laboratory.ts'

test('a good message passes every check', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const random = seededRandom(7)
  for (let count = 0; count < 5; count++) await world.oru(sampleOru({ random, at: new Date() }))
  expect(await world.count(`select count(*)::int as n from record where outcome = 'accepted'`)).toBeGreaterThan(14)
  expect(await world.verdicts()).toEqual([])
  expect(await world.hidden()).toBe(0)
  expect((await world.books()).balanced).toBe(true)
})

test('HbA1c of 48 % is withheld, and visible again when the pack is undone or retired', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  await world.results({ value: '48', unit: '%', code: '4548-4' }, { value: '88', unit: 'umol/L', code: '14682-9' })
  expect(await world.verdicts()).toEqual(['0 hba1c-agrees withhold', '0 value-impossible withhold'])
  expect(await world.hidden()).toBe(1)
  expect((await world.books()).balanced).toBe(true)

  await revertPack(world, { pack: 'lab-quality', source: null, actor: 'lea', why: 'the test' })
  expect(await world.hidden()).toBe(0)
  await world.set(quality(), 'active')
  expect(await world.hidden()).toBe(1)
  await world.set(quality(), 'retired')
  expect(await world.hidden()).toBe(0)
  expect((await world.books()).balanced).toBe(true)
})

test('characters that had to be assumed, and results that were read and are not stored, are told to rules', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const text = write([{ value: '88', unit: 'µmol/L' }])
  await world.oru(Buffer.from(text.replace('UNICODE UTF-8', ''), 'latin1'))
  expect(await world.verdicts()).toEqual(['0 characters-assumed flag'])
  await world.oru(Buffer.from(text.replace('UNICODE UTF-8', '8859/1'), 'latin1'))
  expect(await world.verdicts()).toEqual([])

  await world.read(
    write([
      { value: '88', order: 'O2' },
      { value: '5.4', unit: 'mmol/L', code: '14749-6' },
    ]),
  )
  await world.db.query({
    text: `update entry set detail = detail || '{"records": 3}' where kind = 'read' and message = (select max(message) from record)`,
  })
  await world.check()
  expect(await world.verdicts()).toEqual(['0 results-conserved withhold', '1 results-conserved withhold'])
})

test('a result is judged among those that came before it: what it is to them, and the last value of the patient', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  await world.results({ value: '8.8', daysAgo: 60, order: 'A' })
  await world.results({ value: '80', daysAgo: 30, order: 'B' })
  expect(await world.verdicts()).toEqual(['0 unit-slip flag'])
  await world.results({ value: '82', daysAgo: 20, order: 'C' })
  expect(await world.verdicts()).toEqual([])
  // Taken before all of these, and of somebody else: nothing came before it.
  await world.results({ value: '8', daysAgo: 90, order: 'D' }, { ...somebodyElse, value: '8', order: 'E' })
  expect(await world.verdicts()).toEqual([])

  await world.results({ value: '83', daysAgo: 20, order: 'C' })
  expect(await world.verdicts()).toEqual(['0 result-conflict withhold'])
  await world.results({ value: '82', daysAgo: 20, order: 'C' })
  expect(await world.verdicts()).toEqual([])
  // The same value in another spelling of its unit, or with more zeros, says nothing else; in another unit it does.
  await world.results({ value: '82.0', unit: 'UMOLL', daysAgo: 20, order: 'C' })
  expect(await world.verdicts()).toEqual([])
  await world.results({ value: '82', unit: 'mmol/L', daysAgo: 20, order: 'C' })
  expect(await world.verdicts()).toContain('0 result-conflict withhold')
  await world.results({ value: '83', daysAgo: 20, order: 'C', status: 'C', hoursAgo: 1 })
  expect(await world.verdicts()).toEqual([])
  await world.results({ value: '70', daysAgo: 20, order: 'C', status: 'P' })
  expect(await world.verdicts()).toEqual(['0 status-order withhold'])

  await world.results(
    { value: '53', unit: 'mmol/mol', code: '59261-8', order: 'F' },
    { value: '7.0', unit: '%', code: '4548-4', order: 'F' },
  )
  expect(await world.verdicts()).toEqual(['1 result-double flag'])
  expect((await world.books()).balanced).toBe(true)
})

test('a number under which most messages name another person is withheld', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const local = { value: '88', number: '4711^^^LABO^PI' }
  const other = { ...local, name: 'Janssens^Piet', born: '19500101' }
  await world.results({ ...local, order: 'A' }, { ...local, order: 'B' })
  expect(await world.verdicts()).toEqual([])
  await world.results({ ...other, order: 'C' }, { ...other, order: 'D' }, { ...other, order: 'E' })
  const said = ['0 identifier-of-another withhold', '1 identifier-of-another withhold']
  expect(await world.verdicts()).toEqual([...said, '2 identifier-of-another withhold'])
  await world.results({ ...local, order: 'F', name: 'De Smet^An' })
  expect(await world.verdicts()).toEqual([])
})

test('one order number for two patients: the second is withheld until the first is taken back', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const mine = { value: '88', order: 'A' }
  const theirs = { ...somebodyElse, ...mine }
  await world.results(mine)
  await world.results(theirs)
  expect(await world.verdicts()).toEqual(['0 result-conflict withhold'])
  // Sent again it is no better known.
  await world.results({ ...theirs, hoursAgo: 1 })
  expect(await world.verdicts()).toEqual(['0 result-conflict withhold'])
  // The first one's own correction says nothing of the second.
  await world.results({ ...mine, value: '90', status: 'C', hoursAgo: 1 })
  expect(await world.verdicts()).toEqual([])
  await world.results({ ...mine, value: '', status: 'W', hoursAgo: 0 })
  await world.results({ ...theirs, hoursAgo: 1 })
  expect(await world.verdicts()).toEqual([])
  // What came too early of the second, twice, and the word that took the first back.
  expect(await world.hidden()).toBe(3)
  expect((await world.books()).balanced).toBe(true)
})

test('an order number stands for one result when it is corrected, for another sample, or its patient got a number', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const local = { value: '88', number: '4711^^^LABO^PI', order: 'A' }
  await world.results(local)
  await world.results({ ...local, value: '89', status: 'C', hoursAgo: 1 })
  await world.results({ value: '89', order: 'A', status: 'C', hoursAgo: 1 })
  await world.results({ ...somebodyElse, value: '70', order: 'A', daysAgo: 3 })
  await world.results({ value: '60', order: 'B' })
  await world.results({ value: '', order: 'B', status: 'W', hoursAgo: 1 })
  await world.results({ ...somebodyElse, value: '60', order: 'B', hoursAgo: 1 })
  // The word that it was taken back is no result either.
  expect(await world.count(`select count(*)::int as n from verdict where rule <> 'wrong-patient'`)).toBe(0)
  // Two patients in one message.
  await world.results({ value: '60', order: 'C', daysAgo: 4 }, { ...somebodyElse, value: '61', order: 'C', daysAgo: 4 })
  expect(await world.verdicts()).toEqual(['1 result-conflict withhold'])
})

test('two results that changed places are both withheld, also the one that came first and again when checked anew', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const [before, then] = [{ daysAgo: 30 }, { daysAgo: 2 }]
  await world.results(...tube('80', '5.1', before, 'A'), ...tube('290', '10.4', { ...somebodyElse, ...before }, 'B'))
  expect(await world.verdicts()).toEqual([])
  await world.results(...tube('288', '10.6', then, 'C'))
  expect(await world.hidden()).toBe(0)
  // Ill, and not like anybody: no partner.
  const third = { number: '4712^^^LABO^PI', name: 'Claes^Jan', born: '19710203' }
  await world.results(...tube('95', '5.3', { ...third, ...before }, 'D'))
  await world.results(...tube('500', '10.5', { ...third, ...then }, 'E'))
  // Like somebody in one analyte only: among many patients that is chance.
  const fourth = { number: '4714^^^LABO^PI', name: 'Maes^Jo', born: '19810203' }
  await world.results(...tube('285', '5.0', { ...fourth, ...before }, 'G'))
  await world.results(...tube('82', '5.2', { ...fourth, ...then }, 'H'))
  expect(await world.hidden()).toBe(0)
  await world.results(...tube('81', '5.0', { ...somebodyElse, ...then }, 'F'))
  expect(await world.verdicts()).toEqual(['0 series-swap withhold', '1 series-swap withhold'])
  expect(await world.hidden()).toBe(4)
  expect((await world.books()).balanced).toBe(true)

  // Forgotten, and checked again by night: the same ones.
  await world.db.query({ text: `delete from verdict where rule = 'series-swap'` })
  const regular = await beginRegular({ ...world, worker: 'test' }, 'lab-quality', 'test')
  expect(await runReport({ ...world, worker: 'test' }, regular!)).toBe('done')
  expect(await world.hidden()).toBe(4)
})

test('tubes that changed places are found when every analyte comes in a message of its own', async () => {
  const world = await makeLabWorld()
  await world.set(quality(), 'active')
  const [before, then] = [{ daysAgo: 30 }, { daysAgo: 2 }]
  await world.results(...tube('80', '5.1', before, 'A'), ...tube('290', '10.4', { ...somebodyElse, ...before }, 'B'))
  const [creatinine, glucose] = tube('288', '10.6', then, 'C')
  const [otherCreatinine, otherGlucose] = tube('81', '5.0', { ...somebodyElse, ...then }, 'D')
  await world.results(creatinine!)
  await world.results(otherCreatinine!)
  await world.results(glucose!)
  // One analyte alone is chance; the other one of these two is still to come.
  expect(await world.hidden()).toBe(0)
  await world.results(otherGlucose!)
  expect(await world.verdicts()).toEqual(['0 series-swap withhold'])
  expect(await world.hidden()).toBe(4)
})

test('jumps, swaps and control ids go with the records they belong to when these are past their retention', async () => {
  const world = await makeLabWorld()
  const { db } = world
  await world.set(quality(), 'active')
  const swapped = async (order: string, other: Partial<Sent>): Promise<void> => {
    const [before, then] = [{ daysAgo: 30 }, { daysAgo: 2 }]
    await world.results(
      ...tube('80', '5.1', before, order),
      ...tube('290', '10.4', { ...other, ...before }, `${order}2`),
    )
    await world.results(...tube('288', '10.6', then, `${order}3`))
    await world.results(...tube('81', '5.0', { ...other, ...then }, `${order}4`))
  }
  const kept = async (): Promise<unknown[]> => {
    const tables = ['result', 'jump', 'swap', 'control_id']
    return Promise.all(tables.map((table) => world.count(`select count(*)::int as n from ${table}`)))
  }
  await swapped('A', somebodyElse)
  expect(await kept()).toEqual([8, 4, 4, 3])
  await makeOlder(db, 40, 'lab')
  const third = { number: '4713^^^LABO^PI', name: 'Claes^Jan', born: '19710203' }
  await world.results({ ...third, value: '80', daysAgo: 30, order: 'B' })
  await world.results({ ...third, value: '500', daysAgo: 2, order: 'C' })
  expect(await kept()).toEqual([10, 5, 4, 5])
  await setRetention(db, { service: 'lab', days: 30, actor: 'test', why: 'a test' })
  expect(await keepRetention(db, new Date())).toMatchObject([{ state: 'closed', period: { service: 'lab' } }])
  expect(await kept()).toEqual([2, 1, 0, 2])
  expect(await world.count('select count(*)::int as n from record')).toBe(2)
})

test('trying a version says of stored results what it says of them when they arrive', async () => {
  const send = async (world: LabWorld): Promise<void> => {
    await world.results({ value: '80', daysAgo: 30, order: 'B' })
    await world.results({ value: '83', daysAgo: 30, order: 'B' })
    await world.results({ value: '84', number: '4711^^^LABO^PI', order: 'C' })
    await world.results({ value: '85', number: '4711^^^LABO^PI', order: 'D', name: 'Janssens^Piet', born: '19500101' })
    await world.results({ ...somebodyElse, value: '80', daysAgo: 30, order: 'B' })
  }
  const withheld = async ({ db }: LabWorld): Promise<string[]> => {
    const { rows } = await db.query<{ said: string }>({
      text: `select (record - (select min(id) from record)) || ' ' || rule as said from verdict
        where outcome = 'withhold' order by said`,
    })
    return rows.map(({ said }) => said)
  }
  const [arriving, trying] = [await makeLabWorld(), await makeLabWorld()]
  const pack = quality()
  await arriving.set(pack, 'active')
  await send(arriving)
  expect(await withheld(arriving)).toEqual(['1 result-conflict', '3 identifier-of-another', '4 result-conflict'])

  await send(trying)
  expect(await withheld(trying)).toEqual([])
  const setting = await trying.install(pack)
  const id = await beginReport(trying.db, { purpose: 'try', setting, pack, actor: 'test' })
  expect(await runReport({ ...trying, worker: 'test' }, id)).toBe('done')
  expect(await withheld(trying)).toEqual(await withheld(arriving))
})
