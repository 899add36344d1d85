import type { Readable } from 'node:stream'
import { StepBook } from '../certificates/step-book.ts'
import { readTrustedKey, type TrustedKey } from '../certificates/trust.ts'
import type { Verification } from '../certificates/verification.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { parseJson, readTime, toAnswer, type VerifyCommand } from './certificate-answer.ts'
import { readLines, type CommandIo, type LongLine } from './command-io.ts'

const lineLimit = 256 * 1024

/** Answers each line `{id, hc1, trust, at}` with a line; a line that cannot be read gets one too. */
export async function verifyBatch(lines: Readable, command: VerifyCommand, io: CommandIo): Promise<number> {
  const keys = new Map<string, TrustedKey | null>()
  let [done, bad, told] = [0, 0, Date.now()]
  try {
    for await (const line of readLines(lines, lineLimit)) {
      const { id, found } = verifyLine(line, command, keys)
      done += 1
      if (!found.valid) bad += 1
      const written = io.stdout.write(`${JSON.stringify({ id, ...toAnswer(found) })}\n`)
      if (!written) await new Promise((resolve) => io.stdout.once('drain', resolve))
      if (Date.now() - told > 2000) {
        told = Date.now()
        io.stderr.write(`${done} certificates read\n`)
      }
    }
  } catch (error) {
    io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
  return bad === 0 ? 0 : 1
}

type Keys = Map<string, TrustedKey | null>

function verifyLine(line: string | LongLine, command: VerifyCommand, keys: Keys): { id: unknown; found: Verification } {
  if (typeof line !== 'string') return unreadable(idIn(line), '/')
  const asked = parse(line)
  if (asked === null || typeof asked['hc1'] !== 'string') return unreadable(asked?.['id'] ?? null, '/hc1')
  const at = asked['at'] === undefined ? command.at : readTime(asked['at'])
  if (at === null) return unreadable(asked['id'] ?? null, '/at')
  const own = [asked['trust'] ?? []].flat().map((one) => keyOf(one, keys))
  const trust = [...own.filter((key) => key !== null), ...command.trust]
  return { id: asked['id'] ?? null, found: verifyCertificate(asked['hc1'], trust, at, command.verify) }
}

function unreadable(id: unknown, path: string): { id: unknown; found: Verification } {
  const book = new StepBook()
  book.fail('prefix', 'certificate-request-unreadable', { path })
  return { id, found: book.close({}) }
}

function keyOf(given: unknown, keys: Keys): TrustedKey | null {
  if (typeof given !== 'string') return null
  const known = keys.get(given)
  if (known !== undefined) return known
  const key = readTrustedKey(given)
  if (keys.size < 1000) keys.set(given, key)
  return key
}

/** The id of a line that is too long to be read, when it stands at one of its ends: the answer must find its question. */
function idIn({ head, tail }: LongLine): unknown {
  const found =
    /^\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+)/.exec(head) ??
    /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+)\s*\}\s*$/.exec(tail)
  return found === null ? null : parseJson(found[1]!)
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    // Some programs put a byte order mark before the first line.
    const value = JSON.parse(line.replace(/^\uFEFF/, '')) as unknown
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
