import { shippedSources, type LabSource } from '../formats/hl7v2/sources.ts'
import { startMllp, usualLimits, type Mllp, type MllpDeps } from '../intake/mllp/mllp.ts'
import { receive, type DoorDeps } from '../intake/receive.ts'
import type { TurnedAway } from '../intake/turned-away.ts'
import { registerLine } from '../access/clients.ts'
import type { Config } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Queryable } from '../store/connect.ts'
import type { NodeParts } from './parts.ts'

/** The laboratories this node knows. Those on its own machine only where that is meant: anybody there can say anything. */
export function sourcesOf(config: Config): readonly LabSource[] {
  return shippedSources().filter((source) => config.mllp.loopback || !source.embeddedOnly)
}

/** Makes every laboratory a sender, so that its messages have books of their own; those known stay as they are. */
export async function introduceLaboratories(db: Queryable, config: Config): Promise<void> {
  for (const { client, title } of sourcesOf(config)) await registerLine(db, { clientId: client, name: title })
}

/**
 * Opens the listener for laboratories: the same door, switches and books as HTTP. When nobody asked for a port and the usual
 * one is taken, as by a second node on the machine, any free one is used and said.
 */
export async function listenForLaboratories(
  parts: NodeParts,
  door: DoorDeps,
  turnedAway: TurnedAway,
  say: (line: string) => void,
): Promise<Mllp> {
  const { config, access, metrics, log } = parts
  const deps: MllpDeps = {
    host: config.host,
    port: config.mllp.port,
    tls: config.mllp.tls,
    sources: sourcesOf(config),
    senderOf: (client) => access.senderNamed(client),
    receive: (handed) => receive(door, handed),
    onTurnedAway(code, senderId) {
      turnedAway.count(code, senderId, 'lab')
      metrics.turnedAway.inc({ code })
    },
    limits: { ...usualLimits, frameBytes: config.largestMessage },
    now: systemClock.now,
    log,
  }
  try {
    return await startMllp(deps)
  } catch (error) {
    if (config.mllp.asked || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const mllp = await startMllp({ ...deps, port: 0 })
    say(`port ${config.mllp.port} is taken; laboratories reach this node at port ${mllp.port}`)
    return mllp
  }
}
