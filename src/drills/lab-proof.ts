import { hash } from 'node:crypto'
import { proveRevert } from '../checking/proof.ts'
import { activationsOfPacks, sendersNamed } from '../store/activations.ts'
import type { LabPerson } from './lab-people.ts'
import { readMonitors } from './lab-reading.ts'
import type { LabTown } from './lab-town.ts'

/**
 * What readers were shown of patients who were not measured meanwhile: SHA-256 over every item with its state and the values
 * it rests on. Before and after must be one, and during must be another, or the drill proves nothing.
 */
export interface ReadersProof {
  readonly patients: number
  readonly before: string
  readonly during: string
  readonly after: string
}

/** The hub's own proof of the undo, of the laboratory that was misjudged. */
export interface HubProof {
  readonly holds: boolean
  /** Everything counted once more, record by record, came to the same. */
  readonly recountEqual: boolean
  readonly permittedDifferences: number
  readonly before: ProofLine | null
  readonly during: ProofLine | null
  readonly after: ProofLine | null
}

interface ProofLine {
  readonly records: number
  readonly visible: number
  readonly contentHash: string
  readonly visibleHash: string
}

export async function readersHash(town: LabTown, people: readonly LabPerson[]): Promise<string> {
  const shown = await readMonitors(town, people)
  const lines = shown.map(({ insz, item, state, restsOn }) => `${insz} ${item} ${state} ${restsOn}`)
  return hash('sha256', lines.toSorted().join('\n'), 'hex')
}

/** Lets the hub prove the last undo of a pack. Null when nothing was undone. */
export async function hubProof(town: LabTown, pack: string, client: string): Promise<HubProof | null> {
  const undo = (await activationsOfPacks(town.db, pack)).findLast(({ reverts }) => reverts !== null)
  if (undo === undefined) return null
  const { holds, proof } = await proveRevert(town, undo.id)
  const senderId = (await sendersNamed(town.db, [client])).get(client)
  const lineOf = (lines: typeof proof.before): ProofLine | null => {
    const found = lines.find((line) => line.senderId === senderId)
    if (found === undefined) return null
    const { records, visible, contentHash, visibleHash } = found
    return { records, visible, contentHash, visibleHash }
  }
  return {
    holds,
    recountEqual: proof.recountEqual,
    permittedDifferences: proof.permittedCount,
    before: lineOf(proof.before),
    during: lineOf(proof.during),
    after: lineOf(proof.after),
  }
}
