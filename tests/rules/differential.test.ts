import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../src/rules/expression.ts'
import { compileReference } from '../../src/rules/language/reference.ts'
import { When } from '../../src/rules/language/when.ts'

const now = '2026-11-22T19:30:00+01:00'
const variables = { previous: [], limits: { low: 2, high: 9.5, unit: 'mmol/L' }, tags: ['a', 'b', 'c'] }

/** What both give: the values, or that there is none to give. */
function told(
  run: () => unknown[],
): { readonly state: 'values'; readonly values: unknown[] } | { readonly state: 'error' } {
  try {
    return { state: 'values', values: run().map(rounded) }
  } catch {
    return { state: 'error' }
  }
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value
}

function bothSay(text: string, object: object) {
  const ours = compileExpression(text)
  const theirs = compileReference(text)
  const env = { root: object as never, variables, now: When.read(now, 'dateTime')!, index: 0 }
  return {
    way: ours.way,
    ours: told(() => ours.values(object, { variables, now })),
    theirs: told(() => theirs(object as never, env)),
  }
}

const word = fc.constantFrom('a', 'b', 'mmol/L', 'A', '', 'x y')
const number = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0.1, 0.2, 0.30000000000000004, 5.5, 9.5))
const leaf = fc.oneof(word, number, fc.boolean())
const object = fc.record(
  {
    s: word,
    n: number,
    b: fc.boolean(),
    list: fc.array(leaf, { maxLength: 4 }),
    words: fc.array(word, { maxLength: 3 }),
    numbers: fc.array(number, { maxLength: 3 }),
    o: fc.record({ s: word, n: number, inner: fc.record({ s: word }) }, { requiredKeys: [] }),
    items: fc.array(fc.record({ s: word, n: number, b: fc.boolean() }, { requiredKeys: ['s'] }), { maxLength: 3 }),
    on: fc.constantFrom('2026-11-22', '2026-11', '2025-02-28'),
    at: fc.constantFrom('2026-11-22T18:00:00+01:00', '2026-11-22T17:00:00Z', '2026-11-23T00:30:00+02:00'),
  },
  { requiredKeys: [] },
)

/** Expressions as text, built from the parts the fast path has; some do not fit together, as in rules people write. */
const expression = fc.letrec<{ any: string; test: string; number: string; text: string; list: string }>((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, tie('text'), tie('number'), tie('test'), tie('list')),
  text: fc.oneof(
    fc.constantFrom(
      's',
      'o.s',
      'o.inner.s',
      "'a'",
      "'A'",
      "'x\\u0020y'",
      'items.first().s',
      'words[0]',
      '{}',
      '%limits.unit',
    ),
    fc
      .tuple(tie('text'), fc.constantFrom('upper()', 'lower()', 'trim()', 'substring(0, 2)'))
      .map(([x, f]) => `(${x}).${f}`),
    fc.tuple(tie('text'), tie('text')).map(([x, y]) => `(${x} & ${y})`),
  ),
  number: fc.oneof(
    fc.constantFrom(
      'n',
      'o.n',
      '3',
      '0.1',
      '-2',
      'list.count()',
      'items.n.first()',
      's.length()',
      '%limits.high',
      '{}',
    ),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/', 'div', 'mod'), tie('number'))
      .map((x) => `(${x.join(' ')})`),
    tie('number').map((x) => `(${x}).abs()`),
    tie('text').map((x) => `(${x}).toDecimal()`),
  ),
  list: fc.oneof(
    fc.constantFrom('list', 'words', 'numbers', 'items.s', '%tags', "('a' | 'b')", '(1 | 2 | 3)', 'items', '%previous'),
    fc
      .tuple(tie('list'), fc.constantFrom('first()', 'last()', 'tail()', 'distinct()', 'skip(1)', 'take(2)'))
      .map(([x, f]) => `(${x}).${f}`),
    fc
      .tuple(tie('list'), fc.constantFrom('|', '.combine', '.intersect', '.exclude'), tie('list'))
      .map(([x, f, y]) => (f === '|' ? `(${x} | ${y})` : `(${x})${f}(${y})`)),
    fc.tuple(fc.constantFrom('items', 'words'), tie('test')).map(([x, c]) => `${x}.where(${c})`),
    fc.constantFrom('items.select(s)', 'items.select(n + 1)', 'items.select($index)', 'words.select($this.length())'),
  ),
  test: fc.oneof(
    // `where(b)` alone is left out: fhirpath.js takes a field that holds false for a yes.
    fc.constantFrom(
      '(b = true)',
      'true',
      'false',
      '{}',
      's.exists()',
      'o.empty()',
      "s.matches('^[a-z]')",
      "s.startsWith('m')",
    ),
    fc.tuple(tie('any'), fc.constantFrom('=', '!='), tie('any')).map((x) => `(${x.join(' ')})`),
    fc.tuple(tie('text'), fc.constantFrom('~', '!~'), tie('text')).map((x) => `(${x.join(' ')})`),
    fc.tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>='), tie('number')).map((x) => `(${x.join(' ')})`),
    fc.tuple(tie('test'), fc.constantFrom('and', 'or', 'xor', 'implies'), tie('test')).map((x) => `(${x.join(' ')})`),
    fc.tuple(tie('text'), tie('list')).map(([x, y]) => `(${x} in ${y})`),
    fc.tuple(tie('list'), tie('number')).map(([x, y]) => `(${x} contains ${y})`),
    fc.tuple(tie('list'), tie('list')).map(([x, y]) => `(${x}).distinct().subsetOf((${y}).distinct())`),
    fc
      .tuple(fc.constantFrom('items', 'numbers'), fc.constantFrom('all', 'exists'), tie('test'))
      .map(([x, f, c]) => `${x}.${f}(${c})`),
    tie('test').map((x) => `(${x}).not()`),
    fc.tuple(tie('test'), tie('test'), tie('test')).map((x) => `iif(${x.join(', ')})`),
    fc
      .tuple(
        fc.constantFrom('at.toDateTime()', 'now()', '@2026-11-22T18:00:00+01:00', 'now() - 90 minutes'),
        fc.constantFrom('<', '<=', '=', '>', '!='),
        fc.constantFrom('at.toDateTime()', 'now()', '@2026-11-22T17:00:00.000Z', 'now() + 1 day', 'now() - 1 month'),
      )
      .map((x) => `(${x.join(' ')})`),
    fc
      .tuple(
        fc.constantFrom('on.toDate()', '@2026-11', 'today()'),
        fc.constantFrom('<', '=', '>='),
        fc.constantFrom('@2026-11-22', '@2025', '(@2024-02-29 + 1 year)'),
      )
      .map((x) => `(${x.join(' ')})`),
  ),
}))

const runs = Number(process.env['SLUIS_RUNS'] ?? 3000)

describe('the fast path beside fhirpath.js', () => {
  it('knows yes, no and nothing on either side of every word that joins them', () => {
    const sides = ['true', 'false', '{}']
    for (const word of ['and', 'or', 'xor', 'implies', '=', '!='])
      for (const left of sides)
        for (const right of sides) {
          const text = `${left} ${word} ${right}`
          const { way, ours, theirs } = bothSay(text, {})
          expect([way, ours], text).toEqual(['fast', theirs])
        }
  })

  // fhirpath.js counts the members before it looks at them; FHIRPath 6.3.2 asks only whether each is in the other.
  it('finds members of a set though one is there twice', () => {
    expect(bothSay('words.subsetOf(words.first())', { words: ['a', 'a'] }).ours).toEqual({
      state: 'values',
      values: [true],
    })
  })

  it('gives the same values on generated expressions and objects', () => {
    let compared = 0
    fc.assert(
      fc.property(expression.any, object, (text, thing) => {
        const { way, ours, theirs } = bothSay(text, thing)
        if (way !== 'fast') return
        compared++
        // A side that is not needed may be left out: what we never looked at cannot fail here.
        if (theirs.state === 'error' && /\b(and|or|implies)\b/.test(text)) return
        expect(ours, text).toEqual(theirs)
      }),
      { numRuns: runs },
    )
    expect(compared).toBeGreaterThan(runs / 2)
  })
})
