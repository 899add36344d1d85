import type { Reading } from '../formats/format.ts'
import { controlIdOf } from '../formats/hl7v2/read.ts'
import type { Queryable } from '../store/connect.ts'
import { noteControlIds } from '../store/control-ids.ts'
import type { NewEntry } from '../store/entries.ts'
import type { StoredMessage } from '../store/messages.ts'

/**
 * The entries of messages whose control id (MSH-10) their sender had used before for other bytes. Such a message is read like
 * any other: laboratories do count from the beginning again. What may be a mistake of theirs is written down and told.
 */
export async function tellReusedControlIds(
  tx: Queryable,
  actor: string,
  read: readonly { readonly message: StoredMessage; readonly reading: Reading }[],
): Promise<NewEntry[]> {
  const used = read.flatMap(({ message, reading }) => {
    const control = reading.format === 'hl7v2' ? controlIdOf(message.messageId) : null
    if (control === null) return []
    const { id, senderId, receivedAt } = message
    return [{ senderId, source: sourceOf(reading), control, message: id, receivedAt }]
  })
  const messages = new Map(read.map(({ message }) => [message.id, message]))
  return (await noteControlIds(tx, used)).flatMap(({ message: id, first, firstAt }): NewEntry[] => {
    const message = messages.get(id)
    if (message === undefined) return []
    return [
      {
        message: id,
        receivedAt: message.receivedAt,
        record: null,
        delivery: null,
        senderId: message.senderId,
        kind: 'control-id-reused',
        actor,
        tell: true,
        detail: { first, firstAt: firstAt.toISOString() },
      },
    ]
  })
}

/** The laboratory a message names; empty when it holds no result that says so. */
function sourceOf(reading: Reading): string {
  const content = reading.state === 'read' ? reading.records.find((record) => record.content !== null)?.content : null
  return content?.kind === 'observation' ? content.source : ''
}
