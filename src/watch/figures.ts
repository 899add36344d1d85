import { services } from '../formats/record.ts'
import { blocksFrom } from '../store/blocks.ts'
import { inTransaction, type Database } from '../store/connect.ts'
import { backlogRows } from '../store/delivery-backlog.ts'
import { noteFlow, owedLately } from '../store/flow.ts'
import { addToTally, tallyPlace } from '../store/tally.ts'
import type { Look } from './look.ts'

/** At most so many blocks in one transaction, so that catching up after an outage holds nobody up. */
const blocksAtOnce = 20

/** Adds sealed blocks to the hourly tally; every entry is counted once, because blocks never change. */
export const tallyLook: Look = {
  name: 'tally',
  kinds: [],
  everyMs: 2_000,
  async look(db) {
    for (const service of services) {
      await inTransaction(db, async (tx) => {
        const place = await tallyPlace(tx, service)
        const blocks = await blocksFrom(tx, service, place + 1, blocksAtOnce)
        const [first, last] = [blocks[0], blocks.at(-1)]
        if (first !== undefined && last !== undefined) await addToTally(tx, first, last)
      })
    }
    return []
  },
}

/** Writes down once a minute how much waits for each destination, so that a course can be drawn without guessing. */
export function flowLook(destinations: readonly string[]): Look {
  return {
    name: 'flow',
    kinds: [],
    everyMs: 60_000,
    async look(db) {
      await noteFlow(db, await flowNow(db, destinations))
      return []
    },
  }
}

async function flowNow(db: Database, destinations: readonly string[]) {
  const [backlog, owed] = await Promise.all([backlogRows(db), owedLately(db)])
  return destinations.map((destination) => {
    const lines = backlog.filter((line) => line.destination === destination)
    return {
      destination,
      waiting: lines.reduce((sum, line) => sum + line.count, 0),
      owed: owed.find((one) => one.name === destination)?.count ?? 0,
      answered: lines.reduce((sum, line) => sum + line.acknowledged + line.refused, 0),
    }
  })
}
