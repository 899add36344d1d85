import { expect, test } from 'vitest'
import { languages } from '../../kernel/language.ts'
import { fixtureView } from '../fixtures/context.ts'
import { fixtureDestination, fixtureService } from '../fixtures/destination.ts'
import { fixtureQueues } from '../fixtures/overview.ts'
import { fixtureCertificate } from '../fixtures/others.ts'
import { certificatePage } from './certificate.tsx'
import { destinationPage } from './destination.tsx'
import { servicePage } from './service.tsx'

test('forms that nobody knows are counted in words, and have no switch', () => {
  const unknown = { ...fixtureService.kinds[0]!, kind: 'unknown', intake: { state: 'open' } as const }
  const data = { ...fixtureService, kinds: [...fixtureService.kinds, unknown], rhythm: [] }
  const words = ['Onbekend formulier', 'Formulaire inconnu', 'Unbekanntes Formular', 'Unknown form']
  for (const [place, language] of languages.entries()) {
    const page = servicePage(fixtureView(language), data)
    expect(page.split(words[place]!)).toHaveLength(2)
    expect(page).not.toContain('value="unknown"')
    expect(page).toContain('value="rapid-test"')
  }
})

test('a certificate says its result in the language of the reader, a code nobody knows as it is', () => {
  const words = ['niet aangetoond', 'non détecté', 'nicht nachgewiesen', 'not detected']
  for (const [place, language] of languages.entries())
    expect(certificatePage(fixtureView(language), fixtureCertificate)).toContain(`<strong>${words[place]!}</strong>`)
  const content = { ...fixtureCertificate.content, result: '000' } as typeof fixtureCertificate.content
  expect(certificatePage(fixtureView('en'), { ...fixtureCertificate, content })).toContain('<strong>000</strong>')
})

test('a delivery that was settled between two statements is told with its age and no way to it', () => {
  const { since } = fixtureQueues[0]!.oldest!
  const told = (oldest: typeof fixtureDestination.queue.oldest) =>
    destinationPage(fixtureView('en'), {
      ...fixtureDestination,
      queue: { ...fixtureDestination.queue, waiting: 1, oldest },
    })
  expect(told({ receipt: 'abc', since })).toContain('href="/trace?q=abc"')
  expect(told({ receipt: null, since })).toContain(`<dt>Oldest</dt><dd><time datetime="${since}"`)
})
