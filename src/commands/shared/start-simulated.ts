import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { shippedSources } from '../../formats/hl7v2/sources.ts'
import { enrolDemonstration, makeDemonstration } from '../../hub/demonstration.ts'
import { simulatedPharmacies } from '../../hub/simulated.ts'
import { untilThere } from '../../hub/until-there.ts'
import type { Hub, Surroundings } from '../../main.ts'
import { ofDataFolder } from '../../store/embedded/lock.ts'
import { startNeighbours, type Neighbours } from '../neighbours.ts'
import { notePlaces } from './destinations.ts'

/** The neighbours of the embedded default. */
export interface Simulated {
  /** What a hub needs to know of them before it starts. */
  readonly around: Surroundings
  /** Lets them work with a hub that is ready. */
  begin(hub: Hub): Promise<void>
  stop(): Promise<void>
}

/** A laboratory sends once in so many seconds, of a few patients: enough to see it come in. */
const laboratoryLoad = { perSecond: 0.1, rhythm: false, patients: 1 } as const
const laboratoryHistory = { orders: 4, months: 18 } as const

/**
 * Starts the neighbours of the embedded default: destinations that answer, pharmacies that send a little, and laboratories
 * that measure the patients of one practice. Laboratories stay out where this machine is no known sender, or where a real
 * laboratory has a file.
 */
export async function startSimulated(config: Config, say: (line: string) => void): Promise<Simulated> {
  const data = join(config.dataFolder, 'neighbours')
  const { file, senders } = await simulatedPharmacies(data, 24)
  const shown = takesLaboratories(config) ? await makeDemonstration(data) : null
  const laboratories = shown && { mllp: [], laboratoryClients: shown.clients, patients: shown.patients }
  const neighbours = await startNeighbours({ hubs: [], data, clients: file, ...laboratories, say }).catch(
    (error: unknown) => {
      throw ofDataFolder(error, config.dataFolder)
    },
  )
  const { pharmacies: _, laboratories: __, ...destinations } = neighbours.ports
  say(`simulated neighbours: ${describe(neighbours)}`)
  noteWhereTheyAre(config.dataFolder, destinations, say)
  const places = Object.entries(destinations)
  let stopping = false
  return {
    around: {
      urls: Object.fromEntries(places.map(([name, place]) => [name, place.url])),
      secrets: Object.fromEntries(places.map(([name, place]) => [name, place.secret])),
      senders: [...senders, ...(shown?.senders ?? [])],
    },
    async begin(hub) {
      await neighbours.setHub([hub.url], hub.mllpPort === null ? [] : [`127.0.0.1:${hub.mllpPort}`])
      if (shown === null) return
      await untilThere(
        () => enrolDemonstration(hub.parts, shown.patients),
        () => stopping,
      )
      await tell(neighbours, 'history', shown.fresh ? laboratoryHistory : null)
      await tell(neighbours, 'load', laboratoryLoad)
    },
    async stop() {
      stopping = true
      await neighbours.stop()
    },
  }
}

/** Commands alone read the note: a disk that refuses it, as a full one, is no reason not to start. */
function noteWhereTheyAre(
  dataFolder: string,
  places: Parameters<typeof notePlaces>[1],
  say: (line: string) => void,
): void {
  try {
    notePlaces(dataFolder, places)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    say(`commands will not find the simulated destinations: ${dataFolder} takes no note of them (${code ?? message})`)
  }
}

const hosts: readonly string[] = ['127.0.0.1', 'localhost', '0.0.0.0', '::']

function takesLaboratories({ mllp, host, roles }: Config): boolean {
  const known = roles.includes('intake') && mllp.loopback && mllp.tls === null && hosts.includes(host)
  return known && shippedSources().every(({ embeddedOnly }) => embeddedOnly)
}

const describe = ({ ports }: Neighbours): string =>
  Object.entries(ports)
    .map(([name, place]) => `${name} (control ${place.controlUrl})`)
    .join(', ')

async function tell({ ports }: Neighbours, what: 'history' | 'load', body: object | null): Promise<void> {
  const place = ports.laboratories
  if (body === null || place === undefined) return
  const answer = await fetch(`${place.controlUrl}/control/${what}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
}
