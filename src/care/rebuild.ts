import { createHash } from 'node:crypto'
import { newestActivation } from '../store/care-activations.ts'
import { markItems, type ItemKey } from '../store/care-dirty.ts'
import type { Database } from '../store/connect.ts'
import { enrolledPatientsAfter, enrolmentsOf } from '../store/enrolments.ts'
import { itemStatesOf } from '../store/item-states.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { evaluateItems } from './evaluate.ts'
import { isCurrent, nameOf } from './monitor.ts'

/** What a rebuild found. The hashes are over the set of items compared, whatever their order. */
export interface Rebuilt {
  readonly items: number
  readonly differing: number
  /** Marked or past their time: a worker has still to come by, so they are not compared. */
  readonly pending: number
  readonly storedHash: string
  readonly rebuiltHash: string
}

const batchSize = 200

/**
 * Evaluates the items of one patient, or of all with null, from everything that is stored, and compares with how they stand
 * as they were kept step by step. What differs is marked to be evaluated again. `tell` hears of every batch.
 *
 * @example (await rebuildStates(deps, db, null, new Date())).differing // 0
 */
export async function rebuildStates(
  deps: CareDeps,
  db: Database,
  patient: Buffer | null,
  now: Date,
  tell: (items: number) => void = () => undefined,
): Promise<Rebuilt> {
  const stored = makeSum()
  const rebuilt = makeSum()
  const totals = { items: 0, differing: 0, pending: 0 }
  for await (const patients of patient === null ? batchesOf(db) : [[patient]]) {
    const states = new Map((await itemStatesOf(db, patients)).map((state) => [nameOf(state), state]))
    const mark = await newestActivation(db)
    const { evaluated } = await evaluateItems(deps, db, await itemsOf(deps, db, patients), { now, mark })
    const differing: ItemKey[] = []
    for (const one of evaluated) {
      const state = states.get(nameOf(one))
      const isPast = state?.nextChangeAt != null && Date.parse(state.nextChangeAt) <= now.getTime()
      if (state === undefined || isPast || one.unchecked || !isCurrent(state, new Map(), now)) {
        totals.pending += 1
        continue
      }
      totals.items += 1
      stored.add(`${nameOf(one)} ${state.stateHash}`)
      rebuilt.add(`${nameOf(one)} ${one.evaluation.stateHash}`)
      if (state.stateHash !== one.evaluation.stateHash) differing.push(one)
    }
    totals.differing += differing.length
    await markItems(db, differing, 'definition')
    tell(totals.items)
  }
  return { ...totals, storedHash: stored.text(), rebuiltHash: rebuilt.text() }
}

async function* batchesOf(db: Database): AsyncGenerator<readonly Buffer[]> {
  for (let after = Buffer.alloc(0); ;) {
    const patients = await enrolledPatientsAfter(db, after, batchSize)
    const last = patients.at(-1)
    if (last === undefined) return
    yield patients
    after = Buffer.from(last)
  }
}

async function itemsOf(deps: CareDeps, db: Database, patients: readonly Buffer[]): Promise<ItemKey[]> {
  const enrolments = await enrolmentsOf(db, patients)
  return enrolments.flatMap(({ patient, monitor, version }) => {
    const definition = definitionOf(deps, monitor, version)
    return definition?.items.map(({ id }) => ({ patient, monitor, item: id })) ?? []
  })
}

/** A sum of 128-bit hashes: the same for a set whatever its order, and one line less is another sum. */
function makeSum() {
  let sum = 0n
  return {
    add(line: string): void {
      const hex = createHash('sha256').update(line).digest('hex').slice(0, 32)
      sum = (sum + BigInt(`0x${hex}`)) % (1n << 128n)
    },
    text: (): string => sum.toString(16).padStart(32, '0'),
  }
}
