import { outOfBounds } from '../checking/guard.ts'
import { promote } from '../checking/promote.ts'
import { revertPack } from '../checking/revert.ts'
import { standing } from '../checking/standing.ts'
import { seededRandom } from '../formats/eform/random.ts'
import { activationsOfPacks } from '../store/activations.ts'
import { runningAlerts } from '../store/alerts.ts'
import type { Order } from '../../neighbours/laboratories/order.ts'
import { untilSo } from './actions.ts'
import { again } from './again.ts'
import type { LabDay } from './lab-checks.ts'
import { orderOf } from './lab-people.ts'
import { hubProof, readersHash, type HubProof, type ReadersProof } from './lab-proof.ts'
import { judgeReaders, untilWorked, watchReaders, withheldNow } from './lab-reading.ts'
import type { Judged } from './lab-truth.ts'
import { misjudgingRule, updateStep } from './lab-update.ts'

/** What an update that counts did, and how it ended. */
export interface HarmRun {
  readonly withheldPeak: number
  /** Results withheld of laboratories that the update judges rightly. */
  readonly withheldElsewhere: number
  /** Seconds on the wall from the activation to the end of its effect; null when it did not end in time. */
  readonly seconds: number | null
  /**
   * Of these the ones in which what had come was out of the bounds of the pack, as the guard counts; null when it did not
   * end. Before, nobody can know.
   */
  readonly secondsOutOfBounds: number | null
  /** Seconds from the row that undid it until nothing was withheld any more. */
  readonly secondsToVisible: number | null
  readonly alarm: boolean
  readonly during: Judged
  /** Everybody, read once more when nothing moves. */
  readonly after: Judged
  readonly readers: ReadersProof
  readonly hub: HubProof | null
}

/** Forced through as an emergency: the guard has to notice by itself. */
export async function forceUpdate(day: LabDay): Promise<HarmRun> {
  return harm(day, 'emergency', async () => {
    const back = await untilSo(day.town, async () => !(await isActive(day)), 180)
    if (back) day.tell('the guard put the update back into the shadow')
  })
}

/** With no guard: people notice, and one of them undoes it. */
export async function revertByHand(day: LabDay): Promise<HarmRun> {
  return harm(day, 'by-hand', async () => {
    await untilWorked(day.town)
    const { pack } = updateStep
    await revertPack(day.town, {
      pack,
      source: null,
      actor: 'lea',
      why: 'withholds what a laboratory writes its own way',
    })
    day.tell('a person undid the update with one row')
  })
}

async function harm(day: LabDay, name: string, end: () => Promise<void>): Promise<HarmRun> {
  const { town, truth, cohort } = day
  const orders = newOrders(day, name)
  const measured = new Set(orders.map(({ patient }) => patient.insz))
  const others = cohort.people.filter(({ patient }) => !measured.has(patient.insz))
  const before = await readersHash(town, others)
  const activated = performance.now()
  await promote(town, { ...updateStep, mode: 'active', emergency: true, confirmedBy: 'jo' })
  day.tell('the update counts for everybody; the laboratories go on sending')
  const watched = watchReaders(day)
  const peak = watchPeak(day)
  // Before anything new arrives: without arrivals the guard has nothing to judge by, and cannot be faster.
  const whileItCounts = await readersHash(town, others)
  for (const order of orders) truth.sent(order)
  await town.order(orders)
  await end()
  const undone = performance.now()
  const ended = !(await isActive(day))
  const visible = ended && (await untilSo(town, async () => (await misjudged(day)) === 0, 60))
  const secondsToVisible = visible ? (performance.now() - undone) / 1_000 : null
  await untilWorked(town)
  const during = await watched.stop()
  const { outOfBoundsAt, ...withheld } = await peak.stop()
  truth.settle()
  return {
    ...withheld,
    seconds: ended ? (undone - activated) / 1_000 : null,
    secondsOutOfBounds: ended ? Math.max(0, undone - (outOfBoundsAt ?? undone)) / 1_000 : null,
    secondsToVisible,
    alarm: await untilSo(
      town,
      async () => (await runningAlerts(town.db)).some(({ kind }) => kind === 'pack-demoted'),
      5,
    ),
    during,
    after: await judgeReaders(day, cohort.people),
    readers: { patients: others.length, before, during: whileItCounts, after: await readersHash(town, others) },
    hub: await hubProof(town, updateStep.pack, day.misjudgedClient),
  }
}

/** A fifth of the patients is measured today, some for the first time in years. */
function newOrders({ cohort, seed }: LabDay, name: string): Order[] {
  const random = seededRandom(seed + name.length)
  const at = new Date(Date.now() - 6 * 3_600_000)
  return cohort.people.filter(() => random() < 0.2).map((person, i) => orderOf(person, `${name}-${i}`, at, random))
}

async function isActive({ town }: LabDay): Promise<boolean> {
  return (
    standing(await activationsOfPacks(town.db, updateStep.pack)).get(updateStep.pack)?.active?.version ===
    updateStep.version
  )
}

const misjudged = async ({ town, misjudgedClient }: LabDay): Promise<number> =>
  (await withheldNow(town)).get(misjudgedClient) ?? 0

/** Looks how much is withheld, and since when that is out of bounds, until stopped. */
function watchPeak(day: LabDay) {
  let [withheldPeak, withheldElsewhere] = [0, 0]
  let outOfBoundsAt: number | null = null
  const looks = again(
    async () => {
      const now = await withheldNow(day.town)
      if (outOfBoundsAt === null && (await outOfBounds(day.town)).length > 0) outOfBoundsAt = performance.now()
      const here = now.get(day.misjudgedClient) ?? 0
      withheldPeak = Math.max(withheldPeak, here)
      withheldElsewhere = Math.max(withheldElsewhere, [...now.values()].reduce((sum, one) => sum + one, 0) - here)
      day.show(`withheld ${here}  most ${withheldPeak}  by ${misjudgingRule}`)
    },
    500,
    day.town.signal,
  )
  return {
    async stop() {
      await looks.stop()
      return { withheldPeak, withheldElsewhere, outOfBoundsAt }
    },
  }
}
