import { services, type Service } from '../../formats/record.ts'
import type { ReceiptNumber } from '../../kernel/ids.ts'
import type { Arrival } from '../arrival.ts'

/** A message as it waits in the spool, and as it comes out again: with its plain bytes and its receipt number. */
export interface SpooledMessage extends Arrival, ReceiptNumber {}

const hashBytes = 32
const lengthBytes = 4

/**
 * Lays a message out as bytes: length of the facts (4), SHA-256 (32), facts as JSON, body. The time is not in it: it stands
 * in the frame's header, where the age of the spool can be read without decrypting.
 */
export function encodeMessage(message: SpooledMessage): Buffer {
  const { receipt, prefix, senderId, messageId, service, format, traceparent } = message
  const facts = Buffer.from(JSON.stringify([receipt, prefix, senderId, messageId, service, format, traceparent]))
  const length = Buffer.allocUnsafe(lengthBytes)
  length.writeUInt32BE(facts.length)
  return Buffer.concat([length, message.sha256, facts, message.body])
}

/** Reads what `encodeMessage` made; null when the bytes are something else. */
export function decodeMessage(bytes: Buffer, receivedAt: Date): SpooledMessage | null {
  const factsFrom = lengthBytes + hashBytes
  if (bytes.length < factsFrom) return null
  const bodyFrom = factsFrom + bytes.readUInt32BE(0)
  if (bodyFrom > bytes.length) return null
  const facts = parseFacts(bytes.toString('utf8', factsFrom, bodyFrom))
  if (facts === null) return null
  return { ...facts, receivedAt, sha256: bytes.subarray(lengthBytes, factsFrom), body: bytes.subarray(bodyFrom) }
}

type Facts = Omit<SpooledMessage, 'receivedAt' | 'sha256' | 'body'>

function parseFacts(text: string): Facts | null {
  const value = parseJson(text)
  if (!Array.isArray(value) || value.length !== 7) return null
  const [receipt, prefix, senderId, messageId, service, format, traceparent] = value as unknown[]
  if (typeof receipt !== 'string' || typeof prefix !== 'string' || typeof senderId !== 'number') return null
  if (typeof messageId !== 'string' || !isService(service) || typeof format !== 'string') return null
  if (typeof traceparent !== 'string' && traceparent !== null) return null
  return { receipt, prefix, senderId, messageId, service, format, traceparent }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isService(value: unknown): value is Service {
  return services.some((service) => service === value)
}
