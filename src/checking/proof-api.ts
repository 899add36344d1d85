import { sha256 } from '../kernel/ids.ts'
import type { Database } from '../store/connect.ts'
import { countedResults, patientsToRead, type PatientToRead } from '../store/proof-reading.ts'
import type { Service } from '../formats/record.ts'

/** Reads what anybody sees through the public interface; null where no answer came. */
export interface PublicReader {
  readonly url: string
  visible(patient: Buffer): Promise<readonly string[] | null>
}

/** Of one sender: what the public interface shows of patients, against what the rows say; by count and by hash of the set. */
export interface ReadBack {
  readonly senderId: number
  /** Patients the undone version withheld something of, or others. */
  readonly touched: boolean
  readonly patients: number
  /** Of so many patients: all of them unless there are very many. */
  readonly of: number
  readonly shown: number
  readonly shownHash: string
  readonly counted: number
  readonly countedHash: string
}

export type ApiProof =
  | { readonly state: 'not-read'; readonly why: 'no-address' | 'no-answer' | 'no-public-reading' }
  | { readonly state: 'read'; readonly url: string; readonly equal: boolean; readonly lines: readonly ReadBack[] }

const most = { touched: 2_000, untouched: 20 } as const
const atOnce = 4
/** A result may arrive between the two looks at a patient. */
const looks = 3

/**
 * Reads back through the public interface, from outside as any client: every patient an undone activation touched, and some
 * others, by sender. What is shown must be what a count of the rows gives, neither more nor less.
 *
 * @example (await readBack(db, reader, { service: 'lab', activation: 17 })).state // 'read'
 */
export async function readBack(
  db: Database,
  reader: PublicReader | null,
  of: { readonly service: Service; readonly activation: number },
): Promise<ApiProof> {
  if (of.service !== 'lab') return { state: 'not-read', why: 'no-public-reading' }
  if (reader === null) return { state: 'not-read', why: 'no-address' }
  const lines: ReadBack[] = []
  let equal = true
  const chosen = await patientsToRead(db, of, most)
  for (const group of Map.groupBy(chosen, ({ senderId, touched }) => `${senderId} ${touched}`).values()) {
    const both = await readGroup(db, reader, group)
    if (both === null) return { state: 'not-read', why: 'no-answer' }
    const { senderId, touched, of: whole } = group[0]!
    const [shownHash, countedHash] = [setHash(both.shown), setHash(both.counted)]
    equal &&= shownHash === countedHash
    const counts = { shown: both.shown.length, counted: both.counted.length }
    lines.push({ senderId, touched, patients: group.length, of: whole, shownHash, countedHash, ...counts })
  }
  return { state: 'read', url: reader.url, equal, lines }
}

interface Both {
  readonly shown: readonly string[]
  readonly counted: readonly string[]
}

async function readGroup(db: Database, reader: PublicReader, group: readonly PatientToRead[]): Promise<Both | null> {
  const shown: string[] = []
  const counted: string[] = []
  const rest = group.values()
  let answered = true
  const work = async (): Promise<void> => {
    for (const one of rest) {
      const both = answered ? await readPatient(db, reader, one) : null
      answered &&= both !== null
      shown.push(...(both?.shown ?? []))
      counted.push(...(both?.counted ?? []))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return answered ? { shown, counted } : null
}

async function readPatient(
  db: Database,
  reader: PublicReader,
  { patient, senderId }: PatientToRead,
): Promise<Both | null> {
  for (let look = 1; ; look++) {
    const answer = await reader.visible(patient)
    if (answer === null) return null
    const results = await countedResults(db, patient)
    const known = new Map(results.map((one) => [one.key, one]))
    // Of a result with several versions, some withheld, the newest that counts decides: neither side is wrong.
    const shown = answer.filter((key) => {
      const one = known.get(key)
      return one === undefined || (one.senderId === senderId && one.state !== 'mixed')
    })
    const counted = results.filter((one) => one.senderId === senderId && one.state === 'visible').map(({ key }) => key)
    if (setHash(shown) === setHash(counted) || look === looks) return { shown, counted }
  }
}

function setHash(keys: readonly string[]): string {
  return sha256(Buffer.from(keys.toSorted().join(' ')))
    .toString('hex')
    .slice(0, 32)
}
