import { join } from 'node:path'
import { z } from 'zod'
import { makeClient, type Registration } from '../access/clients.ts'
import { inventPharmacy } from '../formats/eform/people.ts'
import { readJsonSync, replaceFileSync } from '../kernel/durable-file.ts'
import { makeFolderSync } from '../kernel/make-folder.ts'

const sender = z.object({
  clientId: z.string(),
  privateJwk: z.record(z.string(), z.unknown()),
  nihii: z.string(),
  name: z.string(),
})

/** A simulated sender as its file keeps it. */
export type SimulatedSender = Readonly<z.infer<typeof sender>>

/** What a file of `keepSenders` holds; null when there is none, or none that can be read. */
export function keptSenders(file: string): readonly SimulatedSender[] | null {
  const read = z.array(sender).min(1).safeParse(readJsonSync(file))
  return read.success ? read.data : null
}

export function keepSenders(file: string, senders: readonly SimulatedSender[]): readonly SimulatedSender[] {
  replaceFileSync(file, JSON.stringify(senders))
  return senders
}

/** Invented pharmacies with keys of their own, for development and drills; the same ones for the life of the folder. */
export async function simulatedPharmacies(
  folder: string,
  count: number,
): Promise<{ file: string; senders: readonly Registration[] }> {
  const file = join(folder, 'clients.json')
  makeFolderSync(folder)
  const pharmacies =
    keptSenders(file) ??
    keepSenders(file, await Promise.all(Array.from({ length: count }, (_, number) => makePharmacy(number))))
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
