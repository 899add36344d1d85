import { expect, test } from 'vitest'
import { inTransaction } from '../../src/store/connect.ts'
import { markItems, markPatients, takeDirty } from '../../src/store/care-dirty.ts'
import { createTestDatabase } from '../support/database.ts'
import { connect } from '../../src/store/connect.ts'

const patient = Buffer.alloc(16, 7)
const item = { patient, monitor: 'diabetes', item: 'hba1c' }

async function withMarks(work: (db: ReturnType<typeof connect>) => Promise<void>): Promise<void> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 4 })
  try {
    await work(db)
  } finally {
    await db.close()
    await database.drop()
  }
}

const causes = async (db: ReturnType<typeof connect>): Promise<string[]> =>
  (await db.query<{ cause: string }>({ text: 'select cause from dirty' })).rows.map(({ cause }) => cause)

test('time takes no other cause its place, another cause takes that of time', () =>
  withMarks(async (db) => {
    await markItems(db, [item], 'activation')
    await markItems(db, [item], 'time')
    await markPatients(db, [patient], 'time')
    expect(await causes(db)).toEqual(['activation'])
    await db.query({ text: 'delete from dirty' })
    await markItems(db, [item], 'time')
    await markItems(db, [item], 'override')
    expect(await causes(db)).toEqual(['override'])
  }))

test('an item that is evaluated for the first time just now is marked again by what happens meanwhile', () =>
  withMarks(async (db) => {
    await markItems(db, [item], 'enrolment')
    const taken = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    // A worker that read the old facts and has not written its state yet.
    const worker = inTransaction(db, async (tx) => {
      expect(await takeDirty(tx, 10, 0)).toHaveLength(1)
      taken.resolve()
      await done.promise
    })
    await taken.promise
    const marking = markPatients(db, [patient], 'override')
    // It waits for the worker, whose row it wants.
    const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await db.query({ text: waits })).rows.length).toBeGreaterThan(0)
    done.resolve()
    await Promise.all([worker, marking])
    expect(await causes(db)).toEqual(['override'])
  }))
