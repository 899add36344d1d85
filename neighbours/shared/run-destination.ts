import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startCallbacks } from './callbacks.ts'
import { controlHandler, WrongUse, type ControlCall } from './control.ts'
import { tellLate } from './answers.ts'
import { destinationHandler } from './destination.ts'
import type { DestinationKind, DestinationSetting } from './kind.ts'
import { openEffects } from './effects.ts'
import { noFaults, readFaults, type Faults } from './faults.ts'
import { live } from './life.ts'
import { openLine, type Line } from './line.ts'
import { splitHubs, type NeighbourOptions } from './options.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'

/** Runs one destination in this process: its wire, its control port, its callbacks. */
export async function runDestination(kind: DestinationKind, options: NeighbourOptions): Promise<void> {
  let faults: Faults = noFaults
  const effects = openEffects(options.data === null ? null : join(options.data, kind.name))
  const callbacks = startCallbacks({ ...options, now: () => Date.now() + faults.clockOffsetMs })
  const setting: DestinationSetting = {
    kind,
    secret: options.secret,
    effects,
    faults: () => faults,
    random: seededRandom(options.seed),
    callBack: (callback) => callbacks.send(callback),
  }
  const line = await openLine(options.port, destinationHandler(setting))
  const setFaults = async (next: Faults): Promise<void> => {
    faults = next
    callbacks.hold(next.line !== 'up')
    await line.set(next.line)
  }
  const calls = {
    ...destinationCalls(setting, line, callbacks.taken, setFaults),
    'PUT /control/hub': setHub(callbacks.setHubs),
  }
  const control = await openLine(options.controlPort, controlHandler(calls))
  const settling = setInterval(() => settle(setting), 20)
  live(options, { name: kind.name, port: line.port, controlPort: control.port }, async () => {
    clearInterval(settling)
    await Promise.all([line.close(), control.close(), callbacks.close()])
    effects.close()
    kind.close?.()
  })
}

function settle(setting: DestinationSetting): void {
  const settled = setting.effects.settle(Date.now())
  let other = '00000000-0000-4000-8000-000000000000'
  for (const record of settled) {
    tellLate(setting, record, other)
    other = record.deliveryId
  }
}

function destinationCalls(
  setting: DestinationSetting,
  line: Line,
  callbacksTaken: () => number,
  setFaults: (faults: Faults) => Promise<void>,
): Record<string, ControlCall> {
  return {
    'GET /control': () => {
      const { posts, effects, acknowledged, refused, pending } = setting.effects.account()
      const counts = { posts, effects, acknowledged, refused, pending, callbacks: callbacksTaken() }
      return { name: setting.kind.name, pid: process.pid, port: line.port, faults: setting.faults(), counts }
    },
    'PUT /control/faults': async (body) => {
      const reading = readFaults(body)
      if (reading.state === 'wrong') throw new WrongUse(reading.why)
      await setFaults(reading.faults)
      return { faults: reading.faults }
    },
    'POST /control/restart': async (body) => {
      const downMs = (body as { downMs?: unknown } | undefined)?.downMs ?? 0
      if (typeof downMs !== 'number' || !(downMs >= 0)) throw new WrongUse('downMs is a number of milliseconds')
      const before = setting.faults()
      await setFaults({ ...before, line: 'down' })
      void wait(downMs).then(() =>
        setFaults({ ...setting.faults(), line: before.line === 'down' ? 'up' : before.line }),
      )
      return { downMs }
    },
    'POST /control/reset': () => {
      setting.effects.forget()
      setting.kind.forget?.()
      return {}
    },
    'GET /control/effects': (_body, query) => {
      const limit = Number(query.get('limit') ?? 1_000)
      const atLeast = Number(query.get('atLeast') ?? 1)
      return { effects: setting.effects.list(limit, atLeast) }
    },
  }
}

/** The call that tells a simulator where the hub is, for a hub whose port is known only once it listens. */
export function setHub(set: (hubs: readonly string[]) => void): ControlCall {
  return (body) => {
    const hub = (body as { hub?: unknown } | undefined)?.hub
    if (typeof hub !== 'string') throw new WrongUse('hub is a text with one or more addresses, separated by commas')
    set(splitHubs(hub))
    return { hub: splitHubs(hub) }
  }
}
