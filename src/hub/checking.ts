import { openProofReader } from '../access/proof-reader.ts'
import { openCare } from '../care/deps.ts'
import { countMonitorChanges } from '../care/impact.ts'
import { barredLook } from '../checking/barred.ts'
import { checkingStage } from '../checking/check.ts'
import { guardLook } from '../checking/guard.ts'
import { proofLook } from '../checking/proof.ts'
import { retellLook } from '../checking/retell.ts'
import { startReports } from '../checking/regular.ts'
import { warmUp } from '../checking/warm-up.ts'
import { services } from '../formats/record.ts'
import { systemClock } from '../kernel/clock.ts'
import { startRuleWorkers } from '../rules/workers.ts'
import type { Look } from '../watch/look.ts'
import type { NodeParts, Stoppable } from './parts.ts'
import { startStageHere } from './stages.ts'

/** One thread is there from the start, the others when there is something to judge. */
const threads = { size: 2, deadlineMs: 2_000 } as const

/** Starts the checking of records by rule packs, in threads that a rule cannot stop; and works on reports over history. */
export function startChecking(parts: NodeParts): Stoppable {
  const { db, log, vault, ruleSets, config } = parts
  const workers = startRuleWorkers({ ...threads, bars: parts.ruleBars })
  const deps = { vault, ruleSets, node: config.node, judge: workers.judge }
  const stages = services.map((service) => startStageHere(parts, checkingStage(deps, service)))
  const care = openCare(vault)
  const reports = startReports({
    ...deps,
    judge: workers.judgeStored,
    db,
    log,
    worker: config.node,
    countMonitorChanges: (report) => countMonitorChanges(care, db, report, systemClock.now()),
  })
  // What fails here is tried again by the first batch, which tells why.
  const warm = warmUp(db, ruleSets, workers).catch(() => undefined)
  return {
    async stop() {
      // First the stages: a batch without its threads would be taken for one that cannot be done.
      await Promise.all([reports.stop(), ...stages.map((stage) => stage.stop())])
      await Promise.all([workers.close(), warm])
    },
  }
}

/**
 * What one node looks at for all: versions out of bounds, activations still to be noted and proved over its own door,
 * refusals that are told otherwise now, and rules that a node does not ask.
 */
export function packLooks({ db, log, ruleSets, vault, config }: NodeParts, url: string): Look[] {
  const openReader = () => openProofReader(db, vault.keys, url)
  return [
    guardLook({ db, log, ruleSets }),
    proofLook({ db, ruleSets, openReader }),
    retellLook(config.node),
    barredLook,
  ]
}
