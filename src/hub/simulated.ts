import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeClient, type Registration } from '../access/clients.ts'
import { inventPharmacy } from '../formats/eform/people.ts'

/** A simulated sender as its file keeps it. */
export interface SimulatedSender {
  readonly clientId: string
  readonly privateJwk: Readonly<Record<string, unknown>>
  readonly nihii: string
  readonly name: string
}

/** Invented pharmacies with keys of their own, for development and drills; the same ones for the life of the folder. */
export async function simulatedPharmacies(
  folder: string,
  count: number,
): Promise<{ file: string; senders: readonly Registration[] }> {
  const file = join(folder, 'clients.json')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) {
    const pharmacies = await Promise.all(Array.from({ length: count }, (_, i) => makePharmacy(i)))
    writeFileSync(file, JSON.stringify(pharmacies), { mode: 0o600 })
  }
  const pharmacies = JSON.parse(readFileSync(file, 'utf8')) as SimulatedSender[]
  return { file, senders: pharmacies.map(registration) }
}

async function makePharmacy(number: number): Promise<SimulatedSender> {
  const { clientId, privateJwk } = await makeClient('pharmacy')
  return { clientId, privateJwk, ...inventPharmacy(number) }
}

const software = ['Baksteen Apo', 'Officina Plus', 'Pharmilo', 'Vijzel']

const registration = (pharmacy: SimulatedSender): Registration =>
  registrationOf(pharmacy, {
    kind: 'pharmacy',
    software: software[Number(pharmacy.nihii) % software.length]!,
    language: Number(pharmacy.nihii) % 3 === 0 ? 'fr' : 'nl',
  })

/** How a simulated sender becomes known to the hub. */
export function registrationOf(
  { clientId, privateJwk, nihii, name }: SimulatedSender,
  about: Pick<Registration, 'kind' | 'software' | 'language'>,
): Registration {
  const { d: _, ...publicJwk } = privateJwk
  return { ...about, clientId, name, organisationNihii: nihii === '' ? null : nihii, publicJwks: [publicJwk] }
}
