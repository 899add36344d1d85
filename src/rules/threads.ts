import { SluisError } from '../kernel/errors.ts'
import type { WorkerThread } from './worker-thread.ts'

export type Thread = Pick<WorkerThread, 'run' | 'close'>

/** What a thread is lent for: records that arrive, or what is stored already, which takes as long as it takes. */
export type ThreadWork = 'arriving' | 'stored'

/** The threads of a node, lent to one who asks at a time. */
export interface Threads {
  /** Rejects with `rule-workers-full` or `-closed`. */
  lend<Answer>(work: ThreadWork, use: (thread: Thread) => Promise<Answer>): Promise<Answer>
  close(): Promise<void>
}

/** Lends each kind of work `size` threads at most of one more: of a kind that holds all it may, the other has one left. */
export function makeThreads(
  { size, queueLimit = 64 }: { readonly size: number; readonly queueLimit?: number },
  start: () => Thread,
): Threads {
  const all = Array.from({ length: size + 1 }, start)
  // The last is taken first, so that one is loaded beforehand; the one more is taken when there is no other.
  const idle = [all[size]!, ...all.slice(0, size)]
  const lent: Record<ThreadWork, number> = { arriving: 0, stored: 0 }
  const waiting: Record<ThreadWork, ((thread: Thread | null) => void)[]> = { arriving: [], stored: [] }
  let isClosed = false

  const take = (work: ThreadWork): Thread | undefined => {
    const thread = lent[work] < size ? idle.pop() : undefined
    if (thread !== undefined) lent[work] += 1
    return thread
  }
  const borrow = async (work: ThreadWork): Promise<Thread> => {
    if (isClosed) throw new SluisError('rule-workers-closed')
    const free = take(work)
    if (free !== undefined) return free
    if (waiting[work].length >= queueLimit) throw new SluisError('rule-workers-full', { limit: queueLimit })
    const thread = await new Promise<Thread | null>((resolve) => waiting[work].push(resolve))
    if (thread === null) throw new SluisError('rule-workers-closed')
    return thread
  }
  const giveBack = (work: ThreadWork, thread: Thread): void => {
    lent[work] -= 1
    idle.push(thread)
    for (const next of ['arriving', 'stored'] as const) {
      const free = waiting[next].length > 0 ? take(next) : undefined
      if (free !== undefined) return waiting[next].shift()!(free)
    }
  }
  return {
    async lend(work, use) {
      const thread = await borrow(work)
      try {
        return await use(thread)
      } finally {
        giveBack(work, thread)
      }
    },
    async close() {
      isClosed = true
      for (const resolve of [...waiting.arriving.splice(0), ...waiting.stored.splice(0)]) resolve(null)
      await Promise.all(all.map((thread) => thread.close()))
    },
  }
}
