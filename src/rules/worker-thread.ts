import { Worker } from 'node:worker_threads'
import type { Verdict } from './evaluate.ts'
import type { Pack } from './pack.ts'
import { noRule, type FromWorker, type ToWorker, type WorkerStart } from './worker-messages.ts'

export type BatchAnswer =
  | { readonly state: 'done'; readonly verdicts: Verdict[][] }
  /** Killed while one rule stood still on one record; both by their place. */
  | { readonly state: 'stuck'; readonly subject: number; readonly rule: number }
  /** Killed while it still moved: the batch was too big for the deadline. */
  | { readonly state: 'slow' }
  | { readonly state: 'closed' }

/** How many times a batch's deadline is looked at; a rule that stands still over two looks is stuck. */
const looks = 4

/** One thread that judges one batch at a time, killed on overrun and started again for the next. */
export class WorkerThread {
  private readonly deadlineMs: number
  private worker: Worker | null = null
  private progress = new Int32Array(new SharedArrayBuffer(12))
  private readonly known = new Set<string>()
  private isClosed = false
  private stop: () => void = () => undefined

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs
  }

  async run(pack: Pack, batch: Extract<ToWorker, { state: 'batch' }>): Promise<BatchAnswer> {
    if (this.isClosed) return { state: 'closed' }
    const worker = this.started()
    if (!this.known.has(pack.hash)) await this.teach(worker, pack)
    const answer = await this.watched(worker, batch)
    if (answer.state !== 'done') await this.kill()
    return answer
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.stop()
    await this.kill()
  }

  /** Waits until the code and the pack are loaded: that is not the fault of the first batch. */
  private async teach(worker: Worker, pack: Pack): Promise<void> {
    this.known.add(pack.hash)
    const loaded = new Promise<void>((resolve) => {
      // Takes away its own listeners only: `terminate` has one too, and without it would never come back.
      const end = (): void => {
        worker.off('message', end).off('exit', end)
        resolve()
      }
      worker.on('message', end).on('exit', end)
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    worker.postMessage({ state: 'pack', source: { ...pack.source, cases: null } } satisfies ToWorker)
    await loaded
  }

  private started(): Worker {
    if (this.worker !== null) return this.worker
    this.progress = new Int32Array(new SharedArrayBuffer(12))
    this.known.clear()
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { progress: this.progress } satisfies WorkerStart,
      // What is opened of a patient is garbage at the next one: more room for the young only makes the process larger.
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 24 },
    })
    worker.unref()
    worker.on('error', () => undefined)
    this.worker = worker
    return worker
  }

  private watched(worker: Worker, batch: ToWorker): Promise<BatchAnswer> {
    return new Promise((resolve) => {
      if (worker.threadId === -1) return resolve({ state: this.isClosed ? 'closed' : 'slow' })
      let stood = 0
      const started = this.progress[0]!
      let count = started
      let look = 0
      const end = (answer: BatchAnswer): void => {
        clearInterval(timer)
        worker.off('message', onMessage).off('exit', onExit)
        resolve(answer)
      }
      const stuck = (): BatchAnswer =>
        this.progress[0] === started || this.progress[2] === noRule
          ? { state: 'slow' }
          : { state: 'stuck', subject: this.progress[1]!, rule: this.progress[2]! }
      const timer = setInterval(() => {
        stood = this.progress[0] === count ? stood + 1 : 0
        count = this.progress[0]!
        look++
        // Looks are counted, not milliseconds: a process that was itself held up blames nobody for it.
        if (look >= looks) end(stood >= looks / 2 ? stuck() : { state: 'slow' })
      }, this.deadlineMs / looks)
      const onMessage = (told: FromWorker): void => {
        if (told.state === 'judged') end({ state: 'done', verdicts: told.verdicts })
      }
      // Out of memory ends a thread by itself; the rule it was asking is the one to blame.
      const onExit = (): void => end(this.isClosed ? { state: 'closed' } : stuck())
      worker.on('message', onMessage).on('exit', onExit)
      this.stop = () => end({ state: 'closed' })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      worker.postMessage(batch)
    })
  }

  private async kill(): Promise<void> {
    const worker = this.worker
    this.worker = null
    await worker?.terminate()
  }
}
