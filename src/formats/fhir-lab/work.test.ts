import { describe, expect, it } from 'vitest'
import { askedFor, authorsOf, laboratoryOf, placesOf } from './context.ts'
import { follow, gather, resolve, type Json } from './resources.ts'

// A message below the limit of a megabyte can hold thousands of results, and lists as long around them. What is counted here
// must not grow with the one times the other.

const references = (type: string, count: number): Json[] =>
  Array.from({ length: count }, (_, n) => ({ reference: `${type}/${n}` }))

/** How often long lists are looked at in a report of so many results. */
function looks(count: number): Readonly<Record<string, number>> {
  const seen: Record<string, number> = {}
  const watched = (resource: Json, ...names: readonly string[]): Json => {
    const own = { ...resource }
    for (const name of names) {
      const value = own[name]
      Object.defineProperty(own, name, {
        enumerable: true,
        get() {
          const key = `${String(resource['resourceType'])}.${name}`
          seen[key] = (seen[key] ?? 0) + 1
          return value
        },
      })
    }
    return own
  }
  const people = references('Practitioner', 3)
  const coding = [{ system: 'http://loinc.org', code: '24323-8' }]
  const bundle = {
    resourceType: 'Bundle',
    entry: [
      watched({ resourceType: 'Composition', author: people }, 'author'),
      watched(
        {
          resourceType: 'DiagnosticReport',
          code: { coding },
          result: references('Observation', count),
          performer: people,
          basedOn: [{ reference: 'ServiceRequest/0' }],
          identifier: [{ value: 'F1' }],
        },
        'performer',
        'basedOn',
        'identifier',
        'code',
      ),
      watched({ resourceType: 'ServiceRequest', id: '0', identifier: [{ value: 'P1' }] }, 'identifier', 'requester'),
      watched({ resourceType: 'Organization', id: '0', name: 'Lab', identifier: [] }, 'identifier'),
      ...Array.from({ length: count }, (_, n) => ({
        resourceType: 'Observation',
        id: String(n),
        performer: [{ reference: 'Organization/0' }],
      })),
    ].map((resource) => ({ resource })),
  }
  const gathered = gather(bundle)
  const places = placesOf(gathered)
  const authors = authorsOf(gathered)
  const results = gathered.nodes.filter(({ type }) => type === 'Observation')
  expect(results).toHaveLength(count)
  for (const node of results) {
    expect(askedFor(node, places.get(node)!, null).order).toMatchObject({ placer: 'P1', panel: { code: '24323-8' } })
    expect(laboratoryOf(node, places.get(node)!, authors).source).toBe('lab')
  }
  return seen
}

describe('what stands around results', () => {
  it('is looked at as often for three as for three hundred', () => {
    expect(looks(300)).toEqual(looks(3))
  })
})

/** How often resources with one name are written out to be compared, for so many of them and as many references. */
function comparisons(count: number, other: string | null): { written: number; state: string } {
  let written = 0
  const patient = (name: string) => ({
    resourceType: 'Patient',
    id: 'p',
    name,
    toJSON: () => (written++, { name }),
  })
  const doubles = Array.from({ length: count }, () => patient('An'))
  const last = other === null ? [] : [patient(other)]
  const results = Array.from({ length: count }, () => ({
    resourceType: 'Observation',
    subject: { reference: 'Patient/p' },
  }))
  const { nodes } = gather({
    resourceType: 'Bundle',
    entry: [...doubles, ...last, ...results].map((resource) => ({ resource })),
  })
  let state = ''
  for (const node of nodes.filter(({ type }) => type === 'Observation')) {
    state = resolve(node.resource['subject'], node).state
    expect(follow(node.resource['subject'], node) === null).toBe(state === 'ambiguous')
  }
  return { written, state }
}

describe('resources with one name', () => {
  it('are compared once each, not for every reference', () => {
    expect(comparisons(10, null)).toEqual({ written: 10, state: 'found' })
    expect(comparisons(200, null)).toEqual({ written: 200, state: 'found' })
    expect(comparisons(200, 'Eva')).toEqual({ written: 201, state: 'ambiguous' })
  })
})
