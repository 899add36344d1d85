import { parentPort, workerData } from 'node:worker_threads'
import type { Verdict } from './evaluate.ts'
import { findingsNoted } from './noted.ts'
import { readPack, type Pack } from './pack.ts'
import { subjectsIn } from './sealed.ts'
import { tablesOf } from './tables.ts'
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts'

/** Judges batches in a thread of its own, and writes down which rule it is asking of which record before it asks. */

const { progress } = workerData as WorkerStart
const packs = new Map<string, Pack>()

parentPort?.on('message', (message: ToWorker) => {
  if (message.state === 'pack') {
    const reading = readPack(message.source)
    if (reading.state === 'loaded') learn(reading.pack)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    parentPort?.postMessage({ state: 'ready' } satisfies FromWorker)
    return
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage({ state: 'judged', verdicts: judged(message) } satisfies FromWorker)
})

function learn(pack: Pack): void {
  packs.set(pack.hash, pack)
  // Reading the tables takes longer than judging a batch, and is not the fault of the first one.
  if (pack.service === 'lab') tablesOf(pack)
}

function judged({ pack: hash, subjects, sealed, skips }: Extract<ToWorker, { state: 'batch' }>): Verdict[][] {
  const pack = packs.get(hash)
  if (pack === undefined) return subjects.map(() => [])
  // A buffer comes out of a message as plain bytes.
  const keys = new Map([...(sealed?.keys ?? [])].map(([id, key]) => [id, Buffer.from(key)]))
  const records = subjectsIn(pack, subjects, sealed && { ...sealed, keys })
  return findingsNoted(pack, records, new Set(skips), progress)
}
