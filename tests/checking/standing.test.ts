import { expect, test } from 'vitest'
import { judgingFor, standing } from '../../src/checking/standing.ts'
import type { ActivationMode, ActivationRow } from '../../src/store/activations.ts'

/** `mode setting [source] [reverts]`, in order; their numbers count from 1. */
function stands(...steps: readonly [ActivationMode, number, (string | null)?, number?][]) {
  const rows = steps.map(([mode, setting, source = null, reverts], at): ActivationRow => ({
    id: at + 1,
    setting,
    pack: 'p',
    version: `${setting}`,
    service: 'lab',
    mode,
    source,
    at: new Date(at),
    actor: 'a',
    why: 'w',
    report: null,
    confirmedBy: null,
    reverts: reverts ?? null,
    emergency: false,
  }))
  return standing(rows).get('p')!
}

const seen = (pack: ReturnType<typeof stands>, source: string) => {
  const { effective, beside } = judgingFor(pack, source)
  return { counts: effective?.setting ?? null, beside: beside.toSorted((a, b) => a - b) }
}

test('the version that was replaced goes on in the shadow', () => {
  expect(seen(stands(['active', 1], ['active', 2]), 'x')).toEqual({ counts: 2, beside: [1] })
})

test('an undone version is not judged any more, and what it replaced counts again', () => {
  expect(seen(stands(['active', 1], ['active', 2], ['active', 1, null, 2]), 'x')).toEqual({ counts: 1, beside: [] })
})

test('a demoted version stays in the shadow', () => {
  const pack = stands(['active', 1], ['active', 2], ['shadow', 2], ['active', 1, null, 2])
  expect(seen(pack, 'x')).toEqual({ counts: 1, beside: [2] })
})

test('a canary counts for its source, with the general version beside it', () => {
  const pack = stands(['active', 1], ['shadow', 2], ['canary', 2, 'lab-a'])
  expect(seen(pack, 'lab-a')).toEqual({ counts: 2, beside: [1] })
  expect(seen(pack, 'lab-b')).toEqual({ counts: 1, beside: [2] })
})

test('an activation for all ends the canaries', () => {
  const pack = stands(['active', 1], ['canary', 2, 'lab-a'], ['active', 2])
  expect(pack.exceptions.size).toBe(0)
  expect(seen(pack, 'lab-a')).toEqual({ counts: 2, beside: [1] })
})

test('a canary ended for one source stays for another', () => {
  const pack = stands(['active', 1], ['canary', 2, 'a'], ['canary', 2, 'b'], ['retired', 2, 'a', 2])
  expect([seen(pack, 'a').counts, seen(pack, 'b').counts]).toEqual([1, 2])
})

test('the first version undone leaves nothing that counts', () => {
  expect(seen(stands(['active', 1], ['retired', 1, null, 1]), 'x')).toEqual({ counts: null, beside: [] })
})

test('a replaced version that is retired cannot be gone back to', () => {
  expect(stands(['active', 1], ['active', 2], ['retired', 1]).former).toBeNull()
})
