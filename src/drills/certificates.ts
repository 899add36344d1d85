import { claimsOf, openCertificate } from '../certificates/open.ts'
import { StepBook } from '../certificates/step-book.ts'
import { certificatesBesideMessages, type CertificateBesideMessage } from '../store/drill-facts.ts'
import type { DayClock } from './day-clock.ts'
import type { Town } from './town.ts'

export interface CheckedCertificates {
  readonly made: number
  /** What counts as on time: an hour of the day, in seconds on the wall. */
  readonly promiseSeconds: number
  readonly onTime: number
  readonly late: number
  /** From the receipt of the form to its certificate. */
  readonly longestSeconds: number
  /** Receipts of certificates that tell another time or day than the form the pharmacist sent. */
  readonly wrongTimes: readonly string[]
}

const promiseMinutes = 60

/**
 * Opens every certificate and holds its time against the bytes the pharmacy sent: a test made hours later by a backlog
 * must still say when the sample was taken, or the traveller loses those hours.
 */
export async function checkCertificates(town: Town, clock: DayClock): Promise<CheckedCertificates> {
  const promiseSeconds = promiseMinutes / clock.inMinutes(1)
  let [made, onTime, longestSeconds, after] = [0, 0, 0, 0]
  const wrongTimes: string[] = []
  for (;;) {
    const rows = await certificatesBesideMessages(town.db, after, 500)
    if (rows.length === 0) return { made, onTime, late: made - onTime, promiseSeconds, longestSeconds, wrongTimes }
    for (const row of rows) {
      const seconds = (row.createdAt.getTime() - row.receivedAt.getTime()) / 1_000
      longestSeconds = Math.max(longestSeconds, seconds)
      if (seconds <= promiseSeconds) onTime += 1
      const [hc1, form] = await unsealBoth(town, row)
      if (!tellsTheTimeOf(hc1, form)) wrongTimes.push(row.receipt)
    }
    made += rows.length
    after = rows.at(-1)!.id
  }
}

async function unsealBoth({ vault }: Town, row: CertificateBesideMessage): Promise<[string, unknown]> {
  const hc1 = vault.unseal(await vault.byId(row.hc1Key), row.hc1, `${row.receipt} ${row.uvci}`).toString()
  const body = vault.unseal(await vault.byId(row.bodyKey), row.body, row.receipt).toString()
  return [hc1, JSON.parse(body)]
}

interface Form {
  readonly test?: { readonly sampledAt: string }
  readonly vaccination?: { readonly vaccinatedOn: string }
}

interface Payload {
  readonly t?: readonly { readonly sc: string }[]
  readonly v?: readonly { readonly dt: string }[]
}

/** Whether a certificate tells the moment of the sample, or the day of the dose, that stands in the form. */
export function tellsTheTimeOf(hc1: string, form: unknown): boolean {
  const opened = openCertificate(hc1, new StepBook())
  if (opened === null) return false
  const { test, vaccination } = form as Form
  const { t, v } = claimsOf(opened).payload as Payload
  if (test !== undefined) return Date.parse(t?.[0]?.sc ?? '') === Date.parse(test.sampledAt)
  return vaccination !== undefined && v?.[0]?.dt === vaccination.vaccinatedOn
}
