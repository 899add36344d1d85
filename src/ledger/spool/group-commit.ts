/** Shares one sync among all that wait for one: whatever is queued while a write runs goes into the next. */
export interface GroupCommit<Item> {
  /** Resolves after the write that held the item; rejects with what that write threw. */
  push(item: Item, bytes: number): Promise<void>
  /** Bytes queued or being written. */
  waitingBytes(): number
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>
}

const largestBatchBytes = 4 * 1024 * 1024

interface Waiting<Item> {
  readonly item: Item
  readonly bytes: number
  resolve(): void
  reject(error: unknown): void
}

/** Makes a group commit over a function that writes items durably, in order, all or none. */
export function groupCommit<Item>(write: (items: readonly Item[]) => Promise<void>): GroupCommit<Item> {
  let queue: Waiting<Item>[] = []
  let waitingBytes = 0
  let running: Promise<void> | null = null

  const takeBatch = (): Waiting<Item>[] => {
    let bytes = 0
    const fits = queue.findIndex((waiting) => (bytes += waiting.bytes) > largestBatchBytes)
    const batch = fits < 0 ? queue : queue.slice(0, Math.max(fits, 1))
    queue = queue.slice(batch.length)
    return batch
  }
  const writeOne = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await write(batch.map((waiting) => waiting.item))
      for (const waiting of batch) waiting.resolve()
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    } finally {
      for (const waiting of batch) waitingBytes -= waiting.bytes
    }
  }
  const run = async (): Promise<void> => {
    while (queue.length > 0) await writeOne(takeBatch())
    running = null
  }
  return {
    push(item, bytes) {
      waitingBytes += bytes
      return new Promise((resolve, reject) => {
        queue.push({ item, bytes, resolve, reject })
        // A microtask later, so that what arrives in one turn of the loop shares the first sync.
        running ??= Promise.resolve().then(run)
      })
    },
    waitingBytes: () => waitingBytes,
    settled: () => running ?? Promise.resolve(),
  }
}
