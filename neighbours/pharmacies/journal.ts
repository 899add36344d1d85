import { closeSync, createReadStream, existsSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** One message as it stands in the queue of a pharmacy: the same id and bytes at every try. */
export interface Offer {
  readonly clientId: string
  readonly messageId: string
  readonly body: string
  readonly sha256: string
  readonly traveller: boolean
}

/** How an offer ended. */
export type Ending = {
  readonly clientId: string
  readonly messageId: string
  readonly sha256: string
  readonly traveller: boolean
} & (
  | { readonly state: 'receipt'; readonly receipt: string; readonly level: string; readonly refused: boolean }
  | { readonly state: 'conflict'; readonly receipt: string }
  | { readonly state: 'turned-away'; readonly status: number }
)

/** What the pharmacies wrote down: what waits, and how the rest ended. It survives a kill of this process. */
export interface Journal {
  offered(offer: Offer): void
  /** @param nothingWaits the queue file may be emptied */
  ended(ending: Ending, nothingWaits: boolean): void
  endings(): AsyncIterable<Ending>
  close(): void
}

/** Opens the journal of a folder and gives back what was left waiting in it, in the order it was offered. */
export async function openJournal(folder: string): Promise<{ journal: Journal; waiting: Offer[] }> {
  mkdirSync(folder, { recursive: true })
  const [queuePath, endingsPath] = [join(folder, 'queue.jsonl'), join(folder, 'receipts.jsonl')]
  const waiting = new Map<string, Offer>()
  for await (const offer of readLines<Offer>(queuePath)) waiting.set(offerKey(offer), offer)
  for await (const ending of readLines<Ending>(endingsPath)) waiting.delete(offerKey(ending))
  const queue = openSync(queuePath, 'a')
  const endings = openSync(endingsPath, 'a')
  // A kill in the middle of a write leaves half a line; the next one must not be glued to it.
  for (const file of [queue, endings]) writeSync(file, '\n')
  return {
    waiting: [...waiting.values()],
    journal: {
      offered: (offer) => void writeSync(queue, `${JSON.stringify(offer)}\n`),
      ended(ending, nothingWaits) {
        writeSync(endings, `${JSON.stringify(ending)}\n`)
        if (nothingWaits) ftruncateSync(queue, 0)
      },
      endings: () => readLines<Ending>(endingsPath),
      close() {
        closeSync(queue)
        closeSync(endings)
      },
    },
  }
}

function offerKey(one: { readonly messageId: string; readonly sha256: string }): string {
  return `${one.messageId} ${one.sha256}`
}

async function* readLines<T>(path: string): AsyncGenerator<T> {
  if (!existsSync(path)) return
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const value = parseLine(line)
    if (value !== null) yield value as T
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
