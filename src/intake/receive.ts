import type { Format, Reading } from '../formats/format.ts'
import { kindsPossible } from '../formats/form-kinds.ts'
import type { Service } from '../formats/record.ts'
import { SluisError, toProblem, type Problem } from '../kernel/errors.ts'
import { cutFaults, tellFault, type Fault, type ToldFault } from '../kernel/fault.ts'
import { sha256 } from '../kernel/ids.ts'
import type { Language } from '../kernel/language.ts'
import { beginSpan, endFailed, traceparentOf } from '../kernel/tracing.ts'
import type { Accepting } from '../ledger/accept.ts'
import type { CustodyLevel } from '../store/rows.ts'
import { formatOf } from './content-type.ts'
import type { FindingWords } from './finding-words.ts'
import type { Switches } from './switches.ts'

/** Who hands over what, as the door knows it before anything is interpreted. */
export interface HandedOver {
  readonly senderId: number
  readonly contentType: string
  readonly bytes: Buffer
  readonly traceparent: string | null
  readonly language: Language
}

/** How many faults one answer names: as many as a hundred forms with ten each. All of them stand with their records. */
const toldAtMost = 1_000

/** The proof of custody as the sender gets it; `errors` lists the faults of all records at once. */
export interface ReceiptBody {
  readonly receipt: string
  readonly receivedAt: string
  readonly sha256: string
  readonly level: CustodyLevel
  readonly repeated?: true
  readonly errors?: readonly ToldFault[]
}

/** What the door answers: 202 with a receipt, 422 with a receipt and the reasons, 409 with both receipts. */
export interface DoorAnswer {
  readonly status: 202 | 409 | 422
  readonly body: ReceiptBody | (Problem & Partial<ReceiptBody> & { readonly firstReceipt?: string })
  /** What the message turned out to hold, told as its sender is told, for who answers in a form of its own. */
  readonly reading: Reading
}

export interface DoorDeps {
  readonly accepting: Accepting
  readonly formatFor: (contentType: string) => Format | undefined
  readonly acceptedTypes: readonly string[]
  readonly switches: Switches
  readonly findingWords: FindingWords
  readonly now: () => Date
}

/**
 * Receives one message: finds its format, reads it, takes custody, answers. Nothing is answered with a receipt before the
 * durable commit (law 1). Everything readable or not is stored; only what has no format here, is empty, or meets a stopped
 * service is turned away (law 4).
 *
 * Throws SluisError: content-type-missing, content-type-unknown, message-empty, service-stopped, intake-full, intake-stopping, spool-full.
 */
export async function receive(deps: DoorDeps, handed: HandedOver): Promise<DoorAnswer> {
  const { bytes } = handed
  const format = formatOf(deps, handed.contentType)
  if (bytes.length === 0) throw new SluisError('message-empty')
  const receivedAt = deps.now()
  const reading = deps.findingWords.told(format.read(bytes, { receivedAt }), handed.senderId)
  const service = serviceOf(reading, format)
  deps.switches.assertOpen(
    service,
    reading.state === 'read' ? reading.records.map((record) => kindsPossible(record)) : [],
  )

  const hash = sha256(bytes)
  const hex = hash.toString('hex')
  const span = beginSpan('message.accept', handed.traceparent, 'in', {
    'sluis.service': service,
    'sluis.format': format.name,
  })
  const accepting = deps.accepting.accept({
    senderId: handed.senderId,
    messageId: reading.messageId === '' ? `sha256:${hex}` : reading.messageId,
    service,
    format: format.name,
    receivedAt,
    sha256: hash,
    body: bytes,
    traceparent: traceparentOf(span) ?? handed.traceparent,
  })
  const custody = await accepting.catch((error: unknown) => {
    endFailed(span, error instanceof SluisError ? error.code : 'unexpected')
    throw error
  })
  span.setAttributes({ 'sluis.receipt': custody.receipt, 'sluis.custody': custody.state })
  span.end()
  if (custody.state === 'conflict') {
    const error = new SluisError('message-conflict', { messageId: reading.messageId, receipt: custody.firstReceipt })
    const proof = { receipt: custody.receipt, receivedAt: custody.receivedAt.toISOString(), sha256: hex }
    const repeated = custody.repeated ? { repeated: true as const } : {}
    const body = { ...toProblem(error, handed.language), ...proof, ...repeated, firstReceipt: custody.firstReceipt }
    return { status: 409, body, reading }
  }
  const receipt: ReceiptBody = {
    receipt: custody.receipt,
    receivedAt: custody.receivedAt.toISOString(),
    sha256: hex,
    level: custody.level,
    ...(custody.repeated ? { repeated: true as const } : {}),
  }
  return answerFor(reading, receipt, handed.language)
}

function serviceOf(reading: Reading, format: Format): Service {
  return (reading.state === 'read' ? reading.records[0]?.service : undefined) ?? reading.service ?? format.service
}

function answerFor(reading: Reading, receipt: ReceiptBody, language: Language): DoorAnswer {
  if (reading.state === 'unreadable') {
    const first = reading.faults[0]
    const problem = toProblem(new SluisError(first?.code ?? 'message-empty', first?.params ?? {}), language)
    const body = { ...problem, status: 422, ...receipt, errors: tellFaults(reading.faults) }
    return { status: 422, body, reading }
  }
  const faults: Fault[] = []
  for (const record of reading.records) for (const fault of record.faults) faults.push(fault)
  const body = faults.length === 0 ? receipt : { ...receipt, errors: tellFaults(faults) }
  return { status: 202, body, reading }
}

const tellFaults = (faults: readonly Fault[]): readonly ToldFault[] => cutFaults(faults, toldAtMost).map(tellFault)
