import { signWebhook } from '../access/webhook-signature.ts'
import type { Role } from '../config.ts'
import { planningStage } from '../delivery/plan.ts'
import { makeStatistics } from '../delivery/statistics.ts'
import { startDelivery } from '../delivery/worker.ts'
import { services } from '../formats/record.ts'
import { formatNamed } from '../formats/registry.ts'
import { startSealer } from '../ledger/seal.ts'
import { readingStage } from '../reading/read.ts'
import { followStops } from '../intake/stops.ts'
import { systemClock } from '../kernel/clock.ts'
import { startWebhooks } from '../status/webhooks.ts'
import { flowLook, tallyLook } from '../watch/figures.ts'
import { keptForNodeLook, retentionLook } from '../watch/retention.ts'
import { booksLook, partitionsLook, rollCall, startWatch } from '../watch/watch.ts'
import { emergencyLook } from '../watch/emergencies.ts'
import { refusalsLook } from '../watch/refusals.ts'
import { breakerLook, lateLook, probeLook, stuckLook } from '../watch/troubles.ts'
import { startCareRoom } from './care.ts'
import { packLooks, startChecking } from './checking.ts'
import { followFindingWords } from './finding-words.ts'
import { showDelivery } from './delivery-metrics.ts'
import type { NodeParts, Stoppable } from './parts.ts'
import { startProbes } from './probe.ts'
import { loadProbe } from './probe-file.ts'
import { startStageHere } from './stages.ts'

/**
 * Starts the work of this node's roles; each part runs by itself and meets the others in rows only. `url` is the node's
 * own door.
 */
export function startWork(parts: NodeParts, url: string): Stoppable[] {
  const { config, db, bell, log, vault, destinations, routes } = parts
  const { node } = config
  const has = (role: Role): boolean => config.roles.includes(role)
  const started: Stoppable[] = []
  const probe = loadProbe()
  if (has('intake')) started.push(followStops(parts), followFindingWords(parts))
  if (has('work')) {
    const onOwed = makeStatistics(db, log).owed
    for (const service of services) {
      started.push(
        startStageHere(parts, readingStage({ vault, node, formatNamed }, service)),
        startStageHere(
          parts,
          planningStage({ vault, node, destinations, routes, onOwed, probePurposes: probe.purposes }, service),
        ),
      )
    }
    started.push(startChecking(parts), startSealer(db, log), startCareRoom(parts))
  }
  if (has('watch')) {
    const looks = [
      rollCall,
      booksLook(systemClock),
      partitionsLook(log),
      retentionLook(systemClock, log),
      keptForNodeLook(systemClock),
      emergencyLook(systemClock),
    ]
    const troubles = [
      probeLook(config.probeSeconds * 1_000, probe.patienceSeconds * 1_000),
      lateLook(destinations),
      breakerLook(destinations),
      stuckLook,
      refusalsLook(systemClock),
    ]
    started.push(
      startWatch({
        db,
        log,
        looks: [
          ...looks,
          ...troubles,
          ...packLooks(parts, url),
          tallyLook,
          flowLook(destinations.map(({ name }) => name)),
        ],
      }),
      startWebhooks({ db, vault, log, sign: (secret, id, at, body) => ({ ...signWebhook(secret, id, at, body) }) }),
    )
  }
  if (has('intake') && config.probeSeconds > 0) started.push(startProbes(parts, probe, url))
  if (has('delivery')) {
    const delivery = startDelivery({ db, vault, bell, node, log, destinations, routes })
    showDelivery(parts.metrics.registry, db, delivery)
    started.push(delivery)
  }
  return started
}
