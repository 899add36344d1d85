import type { Books } from './books.ts'
import { conflictingOffer, nextOffer, type Recent } from './forms.ts'
import type { Offer } from './journal.ts'
import { rateAt, type Load } from './load.ts'
import type { Pharmacy } from './pharmacy.ts'

/** The most forms that wait at all pharmacies together; more are not made, and counted as such. */
export const waitingLimit = 200_000

const tick = 50
const statusEvery = 5_000

export interface Generator {
  setLoad(load: Load): void
  load(): Load
  /** A receipt came: the same form may follow once more, or another under its id. */
  received(pharmacy: Pharmacy, offer: Offer, receipt: string): void
  stop(): void
}

/** Makes forms at the rate of the load and gives each to a pharmacy; lets each pharmacy read its status feed. */
export function startGenerator(options: {
  readonly pharmacies: () => readonly Pharmacy[]
  readonly books: Books
  readonly load: Load
  readonly random: () => number
}): Generator {
  const { books, random } = options
  const recent = new Map<Pharmacy, Recent>()
  let [load, since, last, owed, statusOwed, turn] = [options.load, Date.now(), Date.now(), 0, 0, 0]

  const makeOne = (): void => {
    const pharmacies = options.pharmacies()
    const pharmacy = pharmacies[Math.floor(random() * pharmacies.length)]
    if (!pharmacy) return
    if (books.waiting() >= waitingLimit) {
      books.count('notMade')
      return
    }
    const own = recent.get(pharmacy) ?? { forms: [] }
    recent.set(pharmacy, own)
    pharmacy.offer(nextOffer(pharmacy.client, own, load, random, new Date()))
  }
  const readStatus = (passed: number): void => {
    const pharmacies = options.pharmacies()
    statusOwed += (passed / statusEvery) * pharmacies.length
    for (; statusOwed >= 1; statusOwed--) void pharmacies[turn++ % pharmacies.length]?.readStatus()
  }
  const timer = setInterval(() => {
    const now = Date.now()
    const passed = Math.min(now - last, 1_000)
    last = now
    owed += (rateAt(load, now - since) * passed) / 1_000
    for (; owed >= 1; owed--) makeOne()
    readStatus(passed)
  }, tick)

  return {
    setLoad(next) {
      load = next
      since = Date.now()
    },
    load: () => load,
    received(pharmacy, offer, receipt) {
      if (random() < load.repeatShare) void pharmacy.repeat(offer, receipt)
      if (random() < load.conflictShare) pharmacy.offer(conflictingOffer(pharmacy.client, offer, random, new Date()))
    },
    stop: () => clearInterval(timer),
  }
}
