import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../kernel/log.ts'
import { activationsOfPacks } from '../store/activations.ts'
import { dueChecks, holdChecks } from '../store/check-schedules.ts'
import { inTransaction, isDatabaseAway, type Queryable } from '../store/connect.ts'
import { countReport, reports } from '../store/impact.ts'
import { beginReport, noteReport, runReport, type DryRunDeps, type ReportWish } from './dry-run.ts'
import { standing } from './standing.ts'

const restMilliseconds = 3_000

/**
 * Works on reports nobody works on: those asked for on a screen, those whose node was killed, and the regular checks of
 * stored records when their time of the day has come. Stops between two batches.
 */
export function startReports(deps: DryRunDeps & { readonly log: Log }): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const halted = (): boolean => stopping.signal.aborted
  const running = (async () => {
    while (!halted()) {
      await workOnReports(deps, halted).catch((error: unknown) => {
        if (!isDatabaseAway(error)) deps.log.error('report-failed', {}, error)
      })
      await sleep(restMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Begins what is due and works through every report that is free; returns how many came to their end. */
export async function workOnReports(deps: DryRunDeps, halted: () => boolean = () => false): Promise<number> {
  for (const pack of await dueChecks(deps.db)) await beginDue(deps, pack)
  let done = 0
  for (const { id } of (await reports(deps.db, { running: true })).toReversed()) {
    if (halted()) break
    if ((await runReport(deps, id, { halted })) === 'done') done += 1
  }
  return done
}

/** Begins what is due, unless another node was faster. What is stored is counted after that, because it takes seconds. */
async function beginDue(deps: DryRunDeps, pack: string): Promise<void> {
  const id = await inTransaction(deps.db, async (tx) => {
    await holdChecks(tx)
    if (!(await dueChecks(tx)).includes(pack)) return null
    const wish = await regularWish(deps, tx, pack, 'hub')
    return wish === null ? null : noteReport(tx, wish)
  })
  if (id !== null) await countReport(deps.db, id)
}

/** Begins to check everything stored by the version that counts; null when none does. */
export async function beginRegular(deps: DryRunDeps, pack: string, actor: string): Promise<number | null> {
  const wish = await regularWish(deps, deps.db, pack, actor)
  return wish === null ? null : beginReport(deps.db, wish)
}

async function regularWish(deps: DryRunDeps, db: Queryable, pack: string, actor: string): Promise<ReportWish | null> {
  const active = standing(await activationsOfPacks(db, pack)).get(pack)?.active
  if (active == null) return null
  const version = await deps.ruleSets.pack(db, active.setting)
  return { purpose: 'regular', setting: active.setting, pack: version, actor }
}
