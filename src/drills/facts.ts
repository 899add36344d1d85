import { brusselsDay } from '../kernel/clock.ts'
import { services } from '../formats/record.ts'
import { account } from '../ledger/account.ts'
import { sealOnce, verifyChain } from '../ledger/seal.ts'
import {
  acknowledgedIds,
  openWork,
  recordsNowhere,
  refusedByCode,
  refusedByDestinations,
  secondCertificates,
  turnedAwayByCode,
  unknownReceipts,
  certificateWaits,
  type OpenWork,
} from '../store/drill-facts.ts'
import { newSetHash, setHashText, toggle, type Account } from '../../neighbours/shared/account.ts'
import type { PharmacyAccount } from '../../neighbours/pharmacies/books.ts'
import { ask, control } from './ask.ts'
import { checkCertificates, type CheckedCertificates } from './certificates.ts'
import type { DayClock } from './day-clock.ts'
import { pharmacyAccount, type Journal } from './journal.ts'
import { probed, type Answers, type Probed, type Prober } from './prober.ts'
import { destinationNames, type Town } from './town.ts'

/** All that was found at the end of the day; plain data, so that judging it needs no hub. */
export interface DayFacts {
  readonly journal: Journal
  readonly pharmacies: PharmacyAccount
  readonly turnedAway: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  readonly refusedByDestinations: Readonly<Record<string, number>>
  /** Receipts the pharmacies hold that the hub does not know. */
  readonly unknownReceipts: readonly string[]
  readonly recordsNowhere: readonly string[]
  readonly open: OpenWork
  /** Effects beyond the first of a delivery, by destination. */
  readonly doubledEffects: Readonly<Record<string, number>>
  readonly secondCertificates: number
  readonly certificates: CheckedCertificates
  /** Seconds from resuming to the certificate. */
  readonly waits: { readonly urgent: readonly number[]; readonly others: readonly number[] }
  /** Books that differ, in words; none when all balance. */
  readonly differences: readonly string[]
  readonly chain: { readonly blocks: number; readonly entries: number; readonly broken: number }
  readonly duringStop: Readonly<Record<Probed, Answers>>
}

/** Counts everything on both sides, when the day is over and nothing moves any more. */
export async function collectFacts(town: Town, clock: DayClock, journal: Journal, prober: Prober): Promise<DayFacts> {
  const { db } = town
  const pharmacies = await pharmacyAccount(town)
  const receipts = await heldReceipts(town)
  const duringStop = prober.answers('the stop')
  return {
    journal,
    pharmacies,
    turnedAway: await turnedAwayByCode(db),
    refused: await refusedByCode(db),
    refusedByDestinations: await refusedByDestinations(db),
    unknownReceipts: await unknownReceipts(db, receipts),
    recordsNowhere: await recordsNowhere(db),
    open: await openWork(db),
    doubledEffects: await doubledEffects(town),
    secondCertificates: await secondCertificates(db),
    certificates: await checkCertificates(town, clock),
    waits: await waitsAfter(town, journal.resumedAt),
    differences: await differencesOf(town, journal),
    chain: await chainOf(town),
    duringStop: Object.fromEntries(probed.map((what) => [what, { ...duringStop[what] }])) as Record<Probed, Answers>,
  }
}

/** Every number the pharmacies hold, also those of conflicts. */
async function heldReceipts(town: Town): Promise<string[]> {
  const told = await ask(`${town.neighbour('pharmacies').controlUrl}/control/receipts`, { timeoutMs: 60_000 })
  if (told?.status !== 200) throw new Error('the pharmacies did not tell which receipts they hold')
  const lines = told.text.split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { receipt: string }).receipt)
}

async function doubledEffects(town: Town): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const name of destinationNames) {
    const { controlUrl } = town.neighbour(name)
    const { effects } = (await control(controlUrl, 'GET /control/effects?atLeast=2&limit=10000')) as {
      effects: { times: number }[]
    }
    found[name] = effects.reduce((sum, { times }) => sum + times - 1, 0)
  }
  return found
}

async function waitsAfter(town: Town, moment: Date | null): Promise<DayFacts['waits']> {
  if (moment === null) return { urgent: [], others: [] }
  const found = await certificateWaits(town.db, moment)
  const seconds = (urgent: boolean): number[] =>
    found.filter((wait) => wait.urgent === urgent).map((wait) => (wait.settledAt.getTime() - moment.getTime()) / 1_000)
  return { urgent: seconds(true), others: seconds(false) }
}

/** The hub's own books, those of every destination beside ours, and the pharmacies' side. */
async function differencesOf(town: Town, journal: Journal): Promise<string[]> {
  const differences: string[] = []
  const books = await account(town.db, { from: journal.startedOn, to: brusselsDay(new Date()) })
  if (!books.balanced) differences.push('the books of the hub do not balance in themselves')
  for (const name of destinationNames) {
    const theirs = await accountOf(town, name)
    const ours = await acknowledgedIds(town.db, name)
    const set = newSetHash()
    for (const id of ours) toggle(set, id)
    if (theirs.acknowledged !== ours.length || theirs.setHash !== setHashText(set)) {
      differences.push(
        `${name} acknowledged ${theirs.acknowledged} deliveries, the hub has ${ours.length}, or not the same ones`,
      )
    }
  }
  const pharmacies = await pharmacyAccount(town)
  const { offered, receipts, conflicts, turnedAway, waiting } = pharmacies
  if (offered !== receipts + conflicts + turnedAway + waiting)
    differences.push('the books of the pharmacies do not add up')
  return differences
}

async function accountOf(town: Town, name: (typeof destinationNames)[number]): Promise<Account> {
  const { url, secret } = town.neighbour(name)
  const told = await ask(`${url}/account`, { headers: { authorization: `Bearer ${secret}` }, timeoutMs: 10_000 })
  if (told?.status !== 200) throw new Error(`${name} did not tell its account`)
  return JSON.parse(told.text) as Account
}

async function chainOf(town: Town): Promise<DayFacts['chain']> {
  await sealOnce(town.db)
  const sum = { blocks: 0, entries: 0, broken: 0 }
  for (const service of services) {
    const verdict = await verifyChain(town.db, service)
    sum.blocks += verdict.blocks
    sum.entries += verdict.entries
    sum.broken += verdict.broken.length
  }
  return sum
}
