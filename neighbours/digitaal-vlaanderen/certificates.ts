import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { idBytes } from '../shared/effect-record.ts'

/** A certificate as it was made, for ever. Times are ISO 8601. */
export interface MadeCertificate {
  readonly recordId: string
  readonly uvci: string
  readonly hc1: string
  readonly issuedAt: string
  readonly expiresAt: string
}

/** All certificates of the issuer. The texts stay on disk; memory holds only where each one is. */
export interface Certificates {
  ofRecord(recordId: string): MadeCertificate | undefined
  ofDelivery(deliveryId: string): MadeCertificate | undefined
  /** Keeps a new certificate, and which delivery asked for it. */
  keep(deliveryId: string, made: MadeCertificate): void
  /** Notes that another delivery got the certificate of a record. */
  link(deliveryId: string, recordId: string): void
  /** False when it was revoked before. */
  revoke(uvci: string): boolean
  revoked(): string[]
  forget(): void
  close(): void
}

type Line =
  | { readonly state: 'made'; readonly deliveryId: string; readonly made: MadeCertificate }
  | { readonly state: 'linked'; readonly deliveryId: string; readonly recordId: string }
  | { readonly state: 'revoked'; readonly uvci: string }

/** Opens the certificates of a folder. A line that a kill cut short is taken off. */
export function openCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, 'certificates.jsonl'), 'a+')
  const records = new Map<string, number>()
  const deliveries = new Map<string, number>()
  const revoked = new Set<string>()
  let end = 0

  const remember = (line: Line, offset: number): void => {
    if (line.state === 'revoked') {
      revoked.add(line.uvci)
      return
    }
    if (line.state === 'made') records.set(line.made.recordId, offset)
    const at = records.get(line.state === 'made' ? line.made.recordId : line.recordId)
    if (at !== undefined) deliveries.set(idBytes(line.deliveryId), at)
  }
  const append = (line: Line): void => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    writeSync(file, bytes)
    remember(line, end)
    end += bytes.length
  }
  const read = (offset: number | undefined): MadeCertificate | undefined => {
    if (offset === undefined) return undefined
    const line = readLine(file, offset)
    return line?.state === 'made' ? line.made : undefined
  }
  for (const { line, offset, next } of readAll(file)) {
    remember(line, offset)
    end = next
  }
  ftruncateSync(file, end)
  return {
    ofRecord: (recordId) => read(records.get(recordId)),
    ofDelivery: (deliveryId) => read(deliveries.get(idBytes(deliveryId))),
    keep: (deliveryId, made) => append({ state: 'made', deliveryId, made }),
    link: (deliveryId, recordId) => append({ state: 'linked', deliveryId, recordId }),
    revoke(uvci) {
      if (revoked.has(uvci)) return false
      append({ state: 'revoked', uvci })
      return true
    },
    revoked: () => [...revoked],
    forget() {
      ftruncateSync(file, 0)
      end = 0
      for (const memory of [records, deliveries, revoked]) memory.clear()
    },
    close: () => closeSync(file),
  }
}

const longestLine = 8_192

function readLine(file: number, offset: number): Line | undefined {
  const bytes = Buffer.alloc(longestLine)
  const length = readSync(file, bytes, 0, longestLine, offset)
  const newline = bytes.subarray(0, length).indexOf(10)
  return newline < 0 ? undefined : (JSON.parse(bytes.toString('utf8', 0, newline)) as Line)
}

function* readAll(file: number): Generator<{ line: Line; offset: number; next: number }> {
  const block = Buffer.alloc(1_048_576)
  for (let position = 0; ;) {
    const length = readSync(file, block, 0, block.length, position)
    let start = 0
    for (let newline = block.indexOf(10); newline >= 0 && newline < length; newline = block.indexOf(10, start)) {
      const line = JSON.parse(block.toString('utf8', start, newline)) as Line
      yield { line, offset: position + start, next: position + newline + 1 }
      start = newline + 1
    }
    if (start === 0) return
    position += start
  }
}
