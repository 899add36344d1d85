import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Spool } from '../../src/ledger/spool/spool.ts'
import { copyAfterCrash, drainAll, makeMessage, openAt, segmentFiles, tempFolder } from './support.ts'

type Step =
  | { readonly do: 'append'; readonly sizes: readonly number[] }
  | { readonly do: 'crash'; readonly halfDone: number; readonly torn: number }
  | { readonly do: 'reopen' }
  | { readonly do: 'look' | 'drain'; readonly limit: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append'), sizes: fc.array(fc.nat(700), { maxLength: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash'), halfDone: fc.nat(3), torn: fc.nat(120) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('look', 'drain'), limit: fc.integer({ min: 1, max: 5 }) }) },
)

/** A half written frame at the end of the last segment, as a write that a crash cut short leaves it. */
async function tearTail(folder: string, length: number): Promise<void> {
  const last = (await segmentFiles(folder)).at(-1)
  if (last === undefined) return
  const bytes = await readFile(join(folder, last))
  // A whole frame is longer than 120 bytes, so that a beginning of the first one is never whole.
  await writeFile(join(folder, last), Buffer.concat([bytes, bytes.subarray(64, 64 + length)]))
}

/** Walks a spool through steps and knows what it must still hold. */
async function walk(root: string, steps: readonly Step[]): Promise<void> {
  const sizes: number[] = []
  const acknowledged = new Set<number>()
  const drained = new Set<number>()
  let round = 0
  const folder = (): string => join(root, `disk-${round}`)
  const options = { segmentBytes: 1_500, journalFolder: join(root, 'journal') }
  let spool: Spool = await openAt(folder(), options)
  const append = async (size: number): Promise<void> => {
    const number = sizes.push(size) - 1
    await spool.append(makeMessage(number, size))
    acknowledged.add(number)
  }
  const check = (messages: readonly { readonly messageId: string }[]): number[] => {
    const numbers = messages.map((message) => Number(message.messageId.slice(5)))
    for (const [place, number] of numbers.entries()) expect(messages[place]).toEqual(makeMessage(number, sizes[number]))
    const waiting = [...acknowledged].filter((number) => !drained.has(number))
    const known = numbers.filter((number) => acknowledged.has(number))
    expect(known).toEqual(waiting.slice(0, known.length))
    return numbers
  }
  for (const each of steps) {
    if (each.do === 'append') {
      await Promise.all(each.sizes.map(append))
    } else if (each.do === 'crash') {
      const unfinished = Array.from({ length: each.halfDone }, () => spool.append(makeMessage(sizes.push(9) - 1, 9)))
      const from = folder()
      round += 1
      await copyAfterCrash(from, folder())
      await Promise.allSettled(unfinished)
      await spool.close()
      await tearTail(folder(), each.torn)
      spool = await openAt(folder(), { ...options, journalFolder: null })
    } else if (each.do === 'reopen') {
      await spool.close()
      spool = await openAt(folder(), options)
    } else {
      const { messages, token } = await spool.next(each.limit, 1e6)
      const numbers = check(messages)
      if (each.do === 'look') continue
      await spool.done(token)
      for (const number of numbers) drained.add(number)
    }
  }
  const rest = check(await drainAll(spool, 3))
  for (const number of rest) drained.add(number)
  expect([...acknowledged].filter((number) => !drained.has(number))).toEqual([])
  expect(spool.state()).toMatchObject({ frames: 0, damaged: [] })
  await spool.close()
}

test('every append that resolved comes out at least once, in order, with the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      await using folder = await tempFolder()
      await walk(folder.path, steps)
    }),
    { numRuns: 40 },
  )
})
