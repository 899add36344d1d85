import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../kernel/log.ts'
import { activationsOfPacks } from '../store/activations.ts'
import { dueChecks } from '../store/check-schedules.ts'
import { isDatabaseAway } from '../store/connect.ts'
import { reports } from '../store/impact.ts'
import { beginReport, runReport, type DryRunDeps } from './dry-run.ts'
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
  for (const pack of await dueChecks(deps.db)) await beginRegular(deps, pack, 'hub')
  let done = 0
  for (const { id } of (await reports(deps.db, { running: true })).toReversed()) {
    if (halted()) break
    if ((await runReport(deps, id, { halted })) === 'done') done += 1
  }
  return done
}

/** Begins to check everything stored by the version that counts; null when none does. */
export async function beginRegular(deps: DryRunDeps, pack: string, actor: string): Promise<number | null> {
  const active = standing(await activationsOfPacks(deps.db, pack)).get(pack)?.active
  if (active == null) return null
  const version = await deps.ruleSets.pack(deps.db, active.setting)
  return beginReport(deps.db, { purpose: 'regular', setting: active.setting, pack: version, actor })
}
