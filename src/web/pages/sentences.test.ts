import { expect, test } from 'vitest'
import type { Language } from '../../kernel/language.ts'
import { fixtureView } from '../fixtures/context.ts'
import { fixtureQueues } from '../fixtures/overview.ts'
import { fixtureMessage } from '../fixtures/trace.ts'
import { overviewSentence, worstFirst } from './overview.tsx'
import { destinationSentence } from './destination.tsx'
import { messageSentence, tracePage } from './trace.tsx'

test('the first line names the worst first and counts the rest', () => {
  expect(overviewSentence(fixtureView('en'), fixtureQueues)).toBe(
    '1 of 5 queues stands still, 1 late, 1 paused, 1 not known',
  )
  expect(overviewSentence(fixtureView('fr'), fixtureQueues)).toBe(
    '1 sur 5 files est à l’arrêt, 1 en retard, 1 en pause, 1 inconnue',
  )
})

test('all passing is said of queues that were measured, and of nothing when there are none', () => {
  const passing = fixtureQueues.filter((queue) => queue.state === 'passing')
  expect(overviewSentence(fixtureView('de'), passing)).toBe('Die Warteschlange läuft')
  expect(overviewSentence(fixtureView('nl'), [])).toBe('Nog geen bestemmingen ingesteld')
})

test('a queue that is not known stands before one that passes', () => {
  expect(worstFirst(fixtureQueues).map((queue) => queue.state)).toEqual([
    'stopped',
    'late',
    'paused',
    'not-known',
    'passing',
  ])
})

test('a message says its worst record, then whom it waits for, then that all is acknowledged', () => {
  const view = fixtureView('en')
  const [acknowledged, waiting, refused, withheld] = fixtureMessage.records
  const say = (...records: typeof fixtureMessage.records) => messageSentence(view, { ...fixtureMessage, records })
  expect(say(acknowledged!, waiting!, refused!, withheld!)).toBe('1 of 4 records is refused')
  expect(say(acknowledged!, waiting!, withheld!)).toBe('1 of 3 records is withheld')
  expect(say(acknowledged!, waiting!)).toBe('1 of 2 records waits for Sciensano')
  expect(say(acknowledged!)).toBe('The record is acknowledged')
  expect(say(refused!)).toBe('The record is refused')
  expect(say(waiting!)).toBe('The record waits for Sciensano')
  expect(messageSentence(fixtureView('de'), { ...fixtureMessage, records: [waiting!] })).toBe(
    'Der Datensatz wartet auf Sciensano',
  )
  expect(messageSentence(view, { ...fixtureMessage, state: 'unreadable', records: [] })).toBe(
    'Stored, but cannot be read',
  )
})

test('a message says acknowledged only of what somebody acknowledged', () => {
  const [acknowledged] = fixtureMessage.records
  const passed = { ...acknowledged!, state: 'passed' as const, deliveries: [] }
  const say = (language: Language, ...records: typeof fixtureMessage.records) =>
    messageSentence(fixtureView(language), { ...fixtureMessage, records })
  expect(say('en', passed, passed)).toBe('All 2 records passed; nothing further is owed')
  expect(say('en', acknowledged!, passed)).toBe('All 2 records passed; nothing further is owed')
  expect(say('en', passed)).toBe('The record passed; nothing further is owed')
  expect(say('nl', passed)).toBe('Het record is doorgelaten; verder is niets verschuldigd')
  expect(say('de', passed, passed)).toBe('Alle 2 Datensätze sind durchgelassen; weiter ist nichts zuzustellen')
  expect(say('fr', passed, passed)).toMatch(/^Les 2 enregistrements sont admis/)
  expect(say('en', acknowledged!, acknowledged!)).toBe('All 2 records are acknowledged')
  expect(say('en')).toBe('Stored and read; there is no record in it')
  expect(say('nl')).toBe('Bewaard en gelezen; er staat geen record in')
})

test('what a word says stands behind a colon as the language writes it', () => {
  const queue = fixtureQueues[1]!
  expect(destinationSentence(fixtureView('en'), queue)).toBe('Sciensano is late: 1,204 deliveries waiting')
  expect(destinationSentence(fixtureView('fr'), queue)).toMatch(/^Sciensano est en retard\u00A0: 1\u202F204 /)
})

test('of a vaccination only the day is known, and no hour is made up', () => {
  const view = fixtureView('en')
  const records = [{ ...fixtureMessage.records[0]!, happenedAt: '2026-07-01' }]
  const message = { ...fixtureMessage, records }
  const shown = tracePage(view, { asOf: view.now, query: '', result: { state: 'found', message } })
  expect(shown).toContain('<time datetime="2026-07-01">1 July 2026</time>')
})
