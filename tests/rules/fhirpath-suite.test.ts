import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../src/rules/expression.ts'
import { compileReference } from '../../src/rules/language/reference.ts'
import { When } from '../../src/rules/language/when.ts'
import { isWanted, readSuite, type Said, type SuiteCase } from './fhirpath-suite.ts'

const folder = process.env['SLUIS_FHIRPATH_SUITE']
const now = '2026-11-22T19:30:00+01:00'
const env = { variables: {}, now: When.read(now, 'dateTime')!, index: 0 }

interface Answers {
  readonly one: SuiteCase
  readonly way: 'fast' | 'reference' | 'none'
  readonly ours: Said
  readonly theirs: Said
}

function answersTo(one: SuiteCase): Answers {
  let way: Answers['way'] = 'none'
  const ours = said(() => {
    const compiled = compileExpression(one.expression)
    way = compiled.way
    return compiled.values(one.root, { variables: {}, now })
  })
  const theirs = said(() => compileReference(one.expression)(one.root as never, { ...env, root: one.root as never }))
  return { one, way, ours, theirs }
}

function said(run: () => readonly unknown[]): Said {
  try {
    return run()
  } catch {
    return 'error'
  }
}

/** As it is compared: a moment is the same moment in another zone. */
function asMoments(said: Said): unknown {
  if (said === 'error') return said
  return said.map((value) =>
    typeof value === 'string' && /T\d\d:\d\d:\d\d[^T]*[+-]\d\d:\d\d$/.test(value)
      ? new Date(value.replace('-00:00', 'Z')).toISOString()
      : value,
  )
}

describe.skipIf(folder === undefined)(
  'the published FHIRPath R4 suite (skipped unless SLUIS_FHIRPATH_SUITE names a checkout of fhir-test-cases)',
  () => {
    const answers = folder === undefined ? [] : readSuite(folder).map(answersTo)
    const wanted = (by: 'ours' | 'theirs', among = answers) =>
      among.filter((each) => isWanted(each.one, each[by])).length
    const onFast = answers.filter(({ way }) => way === 'fast')

    it('is answered as fhirpath.js does, or as the suite wants', () => {
      const astray = answers.filter(
        ({ one, ours, theirs }) =>
          !isWanted(one, ours) && JSON.stringify(asMoments(ours)) !== JSON.stringify(asMoments(theirs)),
      )
      expect(astray.map(({ one, ours, theirs }) => [one.name, one.expression, ours, theirs])).toEqual([])
    })

    it('is answered right by at least as many as by fhirpath.js', () => {
      console.log(
        `${answers.length} cases: ${wanted('ours')} as wanted, fhirpath.js ${wanted('theirs')}; ` +
          `${onFast.length} on the fast path: ${wanted('ours', onFast)} as wanted, fhirpath.js ${wanted('theirs', onFast)}`,
      )
      expect(answers.length).toBeGreaterThan(900)
      expect(onFast.length).toBeGreaterThan(answers.length / 2)
      expect(wanted('ours')).toBeGreaterThanOrEqual(wanted('theirs'))
    })
  },
)
