import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { DestinationConfig } from '../../delivery/config.ts'
import type { Days, DestinationDay } from '../../store/account.ts'

const theirs = z.object({
  acknowledged: z.number(),
  refused: z.number(),
  pending: z.number(),
  setHash: z.string().regex(/^[0-9a-f]{32}$/),
})

/**
 * One day of the books between the hub and one destination. `open`: answers were on their way while both were read; what
 * they acknowledged lies between what we had before and what we can have after.
 */
export type NeighbourDay = Omit<DestinationDay, 'open'> & { readonly waiting: number } & (
    | { readonly state: 'agrees' | 'differs' | 'open'; readonly theirs: z.infer<typeof theirs> }
    | { readonly state: 'no-answer'; readonly why: string }
  )

const tries = 6
const pauseMilliseconds = 300

/**
 * Asks every destination for its own account of every day and compares counts and sets of acknowledged deliveries. While
 * answers are on their way it looks again, for a few seconds. `ours` reads our side as it is now.
 */
export async function compareWithNeighbours(
  ours: () => Promise<readonly DestinationDay[]>,
  days: Days,
  destinations: readonly DestinationConfig[],
): Promise<NeighbourDay[]> {
  for (let left = tries; ; left--) {
    const before = await ours()
    const said = await Promise.all(
      eachDay(days).flatMap((day) => destinations.map(async (one) => ({ one, day, answer: await ask(one, day) }))),
    )
    const after = await ours()
    const compared = said.map(({ one, day, answer }) =>
      compare(lineOf(before, one, day), lineOf(after, one, day), answer),
    )
    if (left === 1 || compared.every((line) => line.state !== 'open')) return compared
    await sleep(pauseMilliseconds)
  }
}

function lineOf(lines: readonly DestinationDay[], { name }: DestinationConfig, day: string): DestinationDay {
  const found = lines.find((one) => one.destination === name && one.day === day)
  return found ?? { destination: name, day, acknowledged: 0, refused: 0, open: 0, setHash: '0'.repeat(32) }
}

/** Their account was made between our two: it must be one of these, or lie between them. */
function compare(before: DestinationDay, after: DestinationDay, answer: z.infer<typeof theirs> | string): NeighbourDay {
  const { open, ...own } = after
  if (typeof answer === 'string') return { ...own, waiting: open, state: 'no-answer', why: answer }
  const is = (one: DestinationDay): boolean =>
    answer.acknowledged === one.acknowledged && answer.setHash === one.setHash
  const moving = open > 0 || before.setHash !== after.setHash
  const between = answer.acknowledged >= before.acknowledged && answer.acknowledged <= after.acknowledged + open
  const state = is(before) || is(after) ? 'agrees' : moving && between ? 'open' : 'differs'
  return { ...own, waiting: open, state, theirs: answer }
}

/** A destination's account of a day, or why there is none. */
async function ask({ baseUrl, secret }: DestinationConfig, day: string): Promise<z.infer<typeof theirs> | string> {
  try {
    const response = await fetch(`${baseUrl}/account?day=${day}`, {
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(10_000),
    })
    if (!response.ok) return `HTTP ${response.status}`
    const read = theirs.safeParse(await response.json())
    return read.success ? read.data : 'an account in another form'
  } catch (error) {
    const { message, cause } = error as Error
    return (cause as NodeJS.ErrnoException | undefined)?.code ?? message
  }
}

function eachDay({ from, to }: Days): string[] {
  const days: string[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10))
  return days
}
