import type { ReadContext, Reading } from '../format.ts'
import { countResults } from './count.ts'
import { readHl7v2, splitHl7 } from './read.ts'
import { shippedSources } from './sources.ts'
import { messageRanges } from './split.ts'
import { fromUtf16 } from './utf-16.ts'

/** One message of a file with what can be told of it in a line. */
export interface ToldMessage {
  readonly reading: Reading
  /** Message and event of MSH-9, such as `ORU^R01`; null when it is empty. */
  readonly kind: string | null
  /** What the sender calls itself: facility (MSH-4), else application (MSH-3). */
  readonly sender: string | null
  /** MSH-10. */
  readonly controlId: string | null
  /** OBX in the bytes; of them made a result; of them kept unread. Bytes that are no message are kept whole. */
  readonly counts: { readonly obx: number; readonly mapped: number; readonly kept: number }
}

/**
 * Reads every message of a file by itself, as if each had been sent alone. Bytes before the first message and between
 * messages belong to the message before them, or to the first: no OBX falls between two stools.
 */
export function tellMessages(bytes: Uint8Array, context: ReadContext): readonly ToldMessage[] {
  const sources = shippedSources()
  const format = readHl7v2(sources)
  const file = splitHl7(bytes, sources)
  if (file.messages.length === 0)
    return [nothingIn(format.read(bytes, context), countResults(fromUtf16(bytes) ?? bytes))]
  return messageRanges(file).map(({ from }, index, ranges) => {
    const own = bytes.subarray(index === 0 ? 0 : from, ranges[index + 1]?.from ?? bytes.length)
    const message = file.messages[index]!
    const { header } = message
    const reading = format.read(own, context)
    const obx = countResults(own)
    const records = reading.state === 'read' ? reading.records : null
    const mapped = records?.filter(({ content }) => content !== null).length ?? 0
    // Counted apart from those in the bytes: one that the reader lost shows as a difference, not as kept.
    const kept = records === null ? obx : records.length - mapped
    const names = [message.code(header, 9, 1), message.code(header, 9, 2)]
    return {
      reading,
      kind: names.filter((one) => one !== '').join('^') || null,
      sender: message.code(header, 4) || message.code(header, 3) || null,
      controlId: message.code(header, 10) || null,
      counts: { obx, mapped, kept },
    }
  })
}

const nothingIn = (reading: Reading, obx: number): ToldMessage => ({
  reading,
  kind: null,
  sender: null,
  controlId: null,
  counts: { obx, mapped: 0, kept: obx },
})

/**
 * Whether bytes look like HL7v2, also in UTF-16: among the first lines one begins with MSH, or a batch header, and a separator.
 *
 * @example looksLikeHl7(Buffer.from('MSH|^~\\&|LIS')) // true
 */
export function looksLikeHl7(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 65_536)
  const text = Buffer.from(fromUtf16(start) ?? start).toString('latin1')
  return /(?:^(?:\xef\xbb\xbf)?|[\r\n])[^!-\xff]*(?:MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(text)
}
