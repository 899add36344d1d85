import type { Hl7Message, Segment } from './message.ts'

/** One result with what it stands under: the person, the order and its common order, and the notes that belong to it. */
export interface FoundResult {
  readonly segment: Segment
  /** Place among the OBX of its message, from 1. */
  readonly number: number
  readonly patient: Segment | null
  readonly order: Segment | null
  readonly common: Segment | null
  readonly notes: readonly Segment[]
  readonly orderNotes: readonly Segment[]
}

/**
 * Walks a message in the order it was written and finds for every OBX its PID, OBR and ORC and the NTE that follow it. A new
 * PID begins with no order, a new ORC with no OBR; an NTE belongs to the OBX, OBR or PID before it (HL7 v2.5.1 section
 * 7.3.1). Segments in between, also those nobody knows, change nothing.
 */
export function findResults(message: Hl7Message): readonly FoundResult[] {
  const found: FoundResult[] = []
  let patient: Segment | null = null
  let order: Segment | null = null
  let common: Segment | null = null
  let notes: Segment[] = []
  let orderNotes: Segment[] = []
  for (const segment of message.segments) {
    switch (segment.name) {
      case 'PID':
        patient = segment
        order = common = null
        notes = orderNotes = []
        break
      case 'ORC':
        common = segment
        order = null
        notes = orderNotes = []
        break
      case 'OBR':
        // An ORC and its notes count for the OBR that follows it; a further OBR has numbers of its own.
        if (order !== null) common = null
        if (common === null) orderNotes = []
        notes = orderNotes
        order = segment
        break
      case 'OBX':
        notes = []
        found.push({ segment, number: found.length + 1, patient, order, common, notes, orderNotes })
        break
      case 'SPM':
      case 'PV1':
        notes = []
        break
      case 'NTE':
        notes.push(segment)
        break
    }
  }
  return found
}
