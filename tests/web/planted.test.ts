import { expect, test } from 'vitest'
import { languages } from '../../src/kernel/language.ts'
import { fixtureView } from '../../src/web/fixtures/context.ts'
import { fixturePages } from '../../src/web/fixtures/pages.ts'

const planted = `"'><img src=x onerror=alert(1)>`

/** Words the code branches on, times and hashes of fields: everything else a sender or a person could have written. */
const ours = new Set([
  'books',
  'state',
  'level',
  'chain',
  'happened',
  'window',
  'roles',
  'at',
  'since',
  'until',
  'asOf',
  'from',
  'to',
  'day',
  'countedAt',
  'step',
  'decision',
  'severity',
  'states',
  'acts',
  'guard',
])

const isTime = (key: string) => ours.has(key) || /(At|Since)$/.test(key)

/** Plants into every text, keeping those the code branches on. */
function plant(data: unknown, key = ''): unknown {
  if (typeof data === 'string') return isTime(key) ? data : planted
  if (Array.isArray(data)) return key === 'qr' || ours.has(key) ? data : data.map((item) => plant(item, key))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, keeps(name, data) ? value : plant(value, name)]),
  )
}

/** Names of which the code branches on some and shows others: told apart by what stands beside them. */
const keeps = (name: string, holder: object) =>
  // The kind of a certificate's content chooses its lines.
  (name === 'kind' && ('sampledAt' in holder || 'vaccinatedOn' in holder)) ||
  // What happened, or what a line of a proof counts; of an emergency it is what somebody found, in free text.
  (name === 'what' && ('hash' in holder || 'count' in holder || 'proof' in holder)) ||
  (name === 'group' && 'deliveries' in holder)

function plantedPage(page: (typeof fixturePages)[string]): string {
  const view = fixtureView('en')
  const strange = { hub: planted, address: planted, token: planted }
  return page(
    { ...view, ...strange, person: view.person && { ...view.person, name: planted } },
    (data) => plant(data) as typeof data,
  )
}

test.each(Object.entries(fixturePages))('%s shows a planted script as text', (_, page) => {
  const html = plantedPage(page)
  expect(html).not.toContain('<img')
  expect(html).toContain('&lt;img src=x')
})

test('what people write under a name the code branches on elsewhere is planted too', () => {
  for (const [name, text] of [
    ['emergencies', 'Wachtpost bevestigt'],
    ['practice', 'Groepspraktijk De Linde'],
    ['overview', 'Digitaal Vlaanderen'],
  ] as const) {
    expect(fixturePages[name]!(fixtureView('en'), (data) => data)).toContain(text)
    expect(plantedPage(fixturePages[name]!), name).not.toContain(text)
  }
})

test('no page says null, undefined or NaN, in any language', () => {
  for (const language of languages) {
    for (const [name, page] of Object.entries(fixturePages)) {
      const text = page(fixtureView(language), (data) => data).replaceAll(/<[^>]*>/g, ' ')
      expect(text, `${name} in ${language}`).not.toMatch(/\b(undefined|null|NaN|Infinity|\[object)\b/)
    }
  }
})

test('no style and no script stands inside a page', () => {
  for (const page of Object.values(fixturePages)) {
    const html = page(fixtureView('nl'), (data) => data)
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/(src|href)="https?:/)
  }
})
