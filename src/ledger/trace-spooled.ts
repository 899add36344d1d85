import type { Service } from '../formats/record.ts'
import { isUuid8, parseRecordName } from '../kernel/ids.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import type { FoundMessage } from './spool/find.ts'
import type { Spool } from './spool/spool.ts'
import { trace, type ConflictTrace, type Trace } from './trace.ts'
import type { Vault } from './vault.ts'

/** What a node can say of a message that lies on its disk: all but its records, which come when it is stored. */
export interface SpooledTrace {
  readonly state: 'spooled'
  readonly receipt: string
  readonly receivedAt: Date
  readonly sha256: string
  readonly level: 'spooled'
  readonly senderId: number
  readonly messageId: string
  readonly service: Service
  readonly format: string
  /** What it waits for; the operator when the database refused it for what it is. */
  readonly waitingFor: 'database' | 'operator'
}

/** A found message as it is traced. */
export function traceOfSpooled({ message, place }: FoundMessage): SpooledTrace {
  const { receipt, receivedAt, sha256, senderId, messageId, service, format } = message
  return {
    state: 'spooled',
    receipt,
    receivedAt,
    sha256: sha256.toString('hex'),
    level: 'spooled',
    senderId,
    messageId,
    service,
    format,
    waitingFor: place === 'aside' ? 'operator' : 'database',
  }
}

export interface TraceDeps {
  readonly db: Database
  readonly vault: Vault
  readonly spool: Pick<Spool, 'find' | 'state'>
  /** Whether this node spools, because the database is away. */
  readonly knownAway: () => boolean
}

/**
 * As `trace`, also of what lies on this node's disk while the database is away and until the spool is drained. Throws what
 * `trace` throws; a database that is away only when this node does not hold the message either.
 *
 * @example (await traceAnywhere(deps, receipt))?.state // 'spooled'
 */
export async function traceAnywhere(
  deps: TraceDeps,
  wanted: string,
): Promise<Trace | ConflictTrace | SpooledTrace | null> {
  const receipt = parseRecordName(wanted)?.receipt ?? wanted
  const look = async (): Promise<SpooledTrace | null> => {
    const found = isUuid8(receipt) ? await deps.spool.find(receipt) : null
    return found && traceOfSpooled(found)
  }
  // Nobody should wait for a database of which it is known that it does not answer.
  const away = deps.knownAway()
  const early = away ? await look() : null
  if (early !== null) return early
  const holds = deps.spool.state().frames > 0
  try {
    const stored = (await trace(deps, wanted)) ?? (await look())
    // Between the two looks it may have been drained.
    return stored === null && holds ? await trace(deps, wanted) : stored
  } catch (error) {
    const here = !away && isDatabaseAway(error) ? await look() : null
    if (here === null) throw error
    return here
  }
}
