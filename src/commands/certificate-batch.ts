import type { Readable } from 'node:stream'
import { isoMoment } from '../certificates/dates.ts'
import { StepBook } from '../certificates/step-book.ts'
import { readTrustedKeys, type TrustedKey } from '../certificates/trust.ts'
import type { Reason, Verification } from '../certificates/verification.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { readJson } from '../formats/json/read.ts'
import { parseJson, toAnswer, type VerifyCommand } from './certificate-answer.ts'
import { readLines, written, type CommandIo, type LongLine } from './command-io.ts'
import { whyClosed } from './shared/files.ts'

const lineLimit = 256 * 1024

/** Answers each line `{id, hc1, trust, at}` with a line; a line that cannot be read gets one too. */
export async function verifyBatch(lines: Readable, command: VerifyCommand, io: CommandIo): Promise<number> {
  const keys: Keys = new Map()
  let [done, bad, told] = [0, 0, Date.now()]
  try {
    for await (const line of readLines(lines, lineLimit)) {
      const { id, found } = verifyLine(line, command, keys)
      done += 1
      if (!found.valid) bad += 1
      if (!(await written(io.stdout, `${JSON.stringify({ id, ...toAnswer(found) })}\n`))) break
      if (Date.now() - told > 2000) {
        told = Date.now()
        io.stderr.write(`${done} certificates read\n`)
      }
    }
  } catch (error) {
    io.stderr.write(`${command.batch}: ${whyClosed(error)}\n`)
    return 2
  }
  return bad === 0 ? 0 : 1
}

type Keys = Map<string, readonly TrustedKey[] | null>

interface Answer {
  readonly id: unknown
  readonly found: Verification
}

function verifyLine(line: string | LongLine, command: VerifyCommand, keys: Keys): Answer {
  if (typeof line !== 'string') return unreadable(idIn(line), 'certificate-request-too-large', { limit: lineLimit })
  // Some programs put a byte order mark before the first line.
  const text = line.replace(/^\uFEFF/, '')
  const asked = parse(text)
  if (asked === null) return notAnObject(text)
  const id = asked['id'] ?? null
  if (typeof asked['hc1'] !== 'string') return unreadable(id, 'certificate-request-unreadable', { path: '/hc1' })
  const at = asked['at'] === undefined ? command.at : typeof asked['at'] === 'string' ? isoMoment(asked['at']) : null
  if (at === null) return unreadable(id, 'certificate-moment-unreadable')
  const own = [asked['trust'] ?? []].flat().map((one) => keysOf(one, keys))
  const trust = [...own.flatMap((some) => some ?? []), ...command.trust]
  const found = verifyCertificate(asked['hc1'], trust, at, command.verify)
  return {
    id,
    found: withWrongTrust(
      found,
      own.flatMap((some, index) => (some === null ? [index + 1] : [])),
    ),
  }
}

function unreadable(id: unknown, code: Reason['code'], params: Reason['params'] = {}): Answer {
  const book = new StepBook()
  book.refuse('request', code, params)
  return { id, found: book.close({}) }
}

/** Says what of a line is no JSON, and where. */
function notAnObject(text: string): Answer {
  const read = readJson(Buffer.from(text))
  const fault = read.state === 'unreadable' ? read.faults[0] : undefined
  return fault === undefined
    ? unreadable(null, 'certificate-request-not-object')
    : unreadable(null, fault.code, fault.params)
}

/** Tells which entries of `trust` are no certificates: a reason when no other signed, else a remark. */
function withWrongTrust(found: Verification, entries: readonly number[]): Verification {
  if (entries.length === 0) return found
  const told = entries.map((entry): Reason => ({
    step: 'request',
    code: 'certificate-trust-unreadable',
    params: { entry },
  }))
  return found.steps.signature === true
    ? { ...found, remarks: [...told, ...found.remarks] }
    : { ...found, reasons: [...told, ...found.reasons] }
}

function keysOf(given: unknown, keys: Keys): readonly TrustedKey[] | null {
  if (typeof given !== 'string') return null
  const known = keys.get(given)
  if (known !== undefined) return known
  const read = readTrustedKeys(given)
  if (keys.size < 1000) keys.set(given, read)
  return read
}

/** The id of a line that is too long to be read, when it stands at one of its ends: the answer must find its question. */
function idIn({ head, tail }: LongLine): unknown {
  const found =
    /^\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+)/.exec(head) ??
    /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+)\s*\}\s*$/.exec(tail)
  return found === null ? null : parseJson(found[1]!)
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  const value = parseJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}
