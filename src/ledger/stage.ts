import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../formats/record.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import type { Log } from '../kernel/log.ts'
import { inTransaction, isDatabaseAway, isRetryable, type Database, type Queryable } from '../store/connect.ts'
import {
  deleteSteps,
  dueSteps,
  postponeStep,
  shardsWithWork,
  stepsLeft,
  takeShard,
  type StageName,
  type StepRow,
} from '../store/steps.ts'
import type { Bell, Room } from './bell.ts'

/** What a stage does with its steps, inside one transaction: write the next facts. Must be repeatable and never send anything. */
export interface Stage {
  readonly name: StageName
  readonly service: Service
  /** The room to wake after a commit. */
  readonly next: Room
  handle(tx: Queryable, steps: readonly StepRow[]): Promise<void>
}

export interface StageDeps {
  readonly db: Database
  readonly bell: Bell
  readonly log: Log
}

const batchSize = 250
const pollMilliseconds = 200
/** A stage that gives way rests three times as long as it worked: what is only on one node's disk goes first. */
const restShare = 3
const longestRest = 2_000

/**
 * Runs a stage until stopped: takes a shard, hands its due steps to the stage, deletes them, commits.
 * A crash anywhere rolls the batch back. A step that cannot be done is found by halving and waits alone.
 * While `givesWay` says so the stage leaves most of the node to something more pressing.
 */
export function startStage(deps: StageDeps, stage: Stage, givesWay = (): boolean => false): { stop(): Promise<void> } {
  let stopped = false
  const rest = async (worked: number): Promise<void> => {
    if (givesWay() && !stopped) await sleep(Math.min(worked * restShare, longestRest))
  }
  const running = (async () => {
    while (!stopped) {
      const did = await workOnce(deps, stage, () => stopped, rest).catch((error: unknown) => {
        if (!isDatabaseAway(error)) deps.log.error('stage-failed', { stage: stage.name, service: stage.service }, error)
        return false
      })
      if (!did && !stopped) await deps.bell.wait(stage.name, pollMilliseconds)
    }
  })()
  return {
    async stop() {
      stopped = true
      deps.bell.ring(stage.name)
      await running
    },
  }
}

/** Works through every shard with work once; true when something was done. For tests and drills as well. */
export async function workOnce(
  deps: StageDeps,
  stage: Stage,
  stopped: () => boolean = () => false,
  rest: (workedMilliseconds: number) => Promise<void> = async () => undefined,
): Promise<boolean> {
  let did = false
  for (const shard of await shardsWithWork(deps.db, stage.name, stage.service)) {
    if (stopped()) break
    const began = performance.now()
    did = (await workShard(deps, stage, shard)) || did
    await rest(performance.now() - began)
  }
  return did
}

async function workShard(deps: StageDeps, stage: Stage, shard: number): Promise<boolean> {
  const { db, bell } = deps
  let failed: { steps: readonly StepRow[]; error: unknown } | undefined
  const did = await inTransaction(db, async (tx) => {
    if (!(await takeShard(tx, stage.name, stage.service, shard))) return false
    const steps = await dueSteps(tx, stage.name, stage.service, shard, batchSize)
    if (steps.length === 0) return false
    try {
      await stage.handle(tx, steps)
    } catch (error) {
      failed = { steps, error }
      throw error
    }
    await deleteSteps(tx, steps)
    failurePoint('step-before-commit')
    return true
  }).catch((error: unknown) => {
    if (failed === undefined || isDatabaseAway(error) || isRetryable(error)) throw error
    return false
  })
  if (failed !== undefined) await isolate(deps, stage, failed.steps, failed.error)
  if (did) {
    failurePoint('step-after-commit')
    bell.ring(stage.next)
  }
  return did || failed !== undefined
}

/** Halves a batch that failed until the step at fault stands alone; that one is put back for later. */
async function isolate(deps: StageDeps, stage: Stage, steps: readonly StepRow[], error: unknown): Promise<void> {
  if (steps.length === 1) {
    const step = steps[0]!
    const seconds = Math.min(2 ** Math.min(step.attempts, 9), 300)
    const code = (error as { code?: unknown }).code
    await postponeStep(deps.db, step, typeof code === 'string' ? code : 'unexpected', seconds)
    deps.log.error('step-postponed', { stage: stage.name, message: step.message, record: step.record, seconds }, error)
    return
  }
  const middle = Math.ceil(steps.length / 2)
  for (const half of [steps.slice(0, middle), steps.slice(middle)]) {
    try {
      await inTransaction(deps.db, async (tx) => {
        // Another worker may have had the shard since the batch rolled back: do only what is still there.
        if (!(await takeShard(tx, stage.name, stage.service, half[0]!.shard))) return
        const left = await stepsLeft(tx, half)
        if (left.length === 0) return
        await stage.handle(tx, left)
        await deleteSteps(tx, left)
      })
    } catch (failure) {
      if (isDatabaseAway(failure)) throw failure
      await isolate(deps, stage, half, failure)
    }
  }
}
