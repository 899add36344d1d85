import { feedFacts, isRhythmKnown, type FeedFacts } from '../care/feeds.ts'
import { repairDisturbance } from '../store/feeds.ts'
import type { CommandIo } from './command-io.ts'
import { systemClock } from '../kernel/clock.ts'
import { databaseHelp, endHelp, needed, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { moment } from './shared/moments.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { table } from './shared/table.ts'
import { withDatabase } from './shared/with-database.ts'

const help = `sluis monitor feeds [--settle NUMBER --reason "..."] [--by NAME] [--data DIR] [--json]

Shows every source, when it sent last, and the disturbances after which something may still be missing. While one is open,
an item that is red only because nothing came is shown as unreliable. The silence of a source is noticed when its rhythm is
known, after three weeks.

  --settle NUMBER  nothing of this disturbance is missing: the source was closed, or has said so
  --reason TEXT    how that is known, without names
  --by NAME        who (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 no source is disturbed (or settled), 1 one is, 2 wrong use.
`

const options = { settle: text, reason: text, by: text, data: text }

/** `sluis monitor feeds`. */
export async function feeds(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, positionals) => {
    if (positionals.length > 0) throw new WrongUse('monitor feeds takes no names')
    const settle = wholeNumber('settle', values.settle, 1)
    const why =
      settle === undefined ? '' : needed('reason', values.reason, 'say how it is known that nothing is missing')
    return withDatabase(values, io, async ({ db }) => {
      if (settle !== undefined) {
        const settled = await repairDisturbance(db, settle, { by: ownerOf(values.by), why })
        const words = settled ? `Disturbance ${settle} is settled.` : `No open disturbance has number ${settle}.`
        io.stdout.write(values.json ? `${JSON.stringify({ settled })}\n` : `${words}\n`)
        return settled ? 0 : 1
      }
      const facts: ToldFeed[] = []
      for (const feed of await feedFacts(db))
        facts.push({ ...feed, rhythm: (await isRhythmKnown(db, feed, systemClock.now())) ? 'known' : 'not-known' })
      if (values.json) io.stdout.write(`${JSON.stringify(facts)}\n`)
      else io.stdout.write(`${linesOf(facts).join('\n')}\n`)
      return facts.some(({ open }) => open.length > 0) ? 1 : 0
    })
  })
}

interface ToldFeed extends FeedFacts {
  readonly rhythm: 'known' | 'not-known'
}

function linesOf(facts: readonly ToldFeed[]): string[] {
  if (facts.length === 0) return ['No source has sent a result yet.']
  const rows = facts.flatMap(({ source, kind, lastAt, open, rhythm }) => {
    const last = lastAt === null ? '' : moment(lastAt)
    const calm = rhythm === 'known' ? 'as usual' : 'not known: its rhythm is learned in three weeks'
    if (open.length === 0) return [{ source, kind, last, what: calm }]
    return open.map((one) => {
      const until = one.to === null ? 'now' : moment(one.to)
      return { source, kind, last, what: `${one.id}: ${one.reason} from ${moment(one.from)} until ${until}` }
    })
  })
  return table(rows, [
    { head: 'source', of: (row) => row.source },
    { head: 'kind', of: (row) => row.kind },
    { head: 'last result', of: (row) => row.last },
    { head: 'disturbance', of: (row) => row.what },
  ])
}
