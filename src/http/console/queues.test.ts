import { expect, test } from 'vitest'
import type { Backlog } from '../../delivery/backlog.ts'
import { loadDestinations, loadRoutes } from '../../delivery/config.ts'
import type { PauseScope } from '../../store/pauses.ts'
import { fixtureView } from '../../web/fixtures/context.ts'
import { emptyingText } from '../../web/parts/queue-card.tsx'
import { overviewSentence } from '../../web/pages/overview.tsx'
import type { FlowFacts } from './flow-facts.ts'
import { queuesOf } from './queues.ts'

const destinations = loadDestinations({ environment: {}, urls: {}, secrets: {} })
const routes = loadRoutes(destinations)
const view = fixtureView('en')
const at = new Date('2026-07-01T13:00:00Z')

const line = (destination: string, formKind: string, count: number, oldestSeconds: number): Backlog => ({
  destination,
  service: 'eforms',
  formKind,
  count,
  blocked: 0,
  urgent: 0,
  fresh: 0,
  oldest: at,
  acknowledged: 600,
  refused: 0,
  failed: 0,
  rate: 10,
  oldestSeconds,
  outlook: { state: 'empty' },
})

function shown(lines: readonly Backlog[], ...scopes: readonly Partial<PauseScope>[]) {
  const pauses = scopes.map((scope, index) => ({
    id: index + 1,
    what: 'delivery' as const,
    destination: null,
    service: null,
    formKind: null,
    reason: 'they asked for it',
    owner: 'op1',
    since: at,
    ...scope,
  }))
  const facts: FlowFacts = {
    at,
    backlog: { lines, destinations: [], pauses, uncarried: [] },
    owed: [],
    arrived: [],
    course: [],
    nodes: [],
    alerts: [],
    oldest: new Map(),
  }
  const queues = queuesOf({ destinations, routes }, facts, view)
  return { sentence: overviewSentence(view, queues), of: (id: string) => queues.find((queue) => queue.id === id)! }
}

test('a paused form kind is told on its queue, and never counted as emptying', () => {
  const lines = [line('digitaal-vlaanderen', 'rapid-test', 40, 120), line('digitaal-vlaanderen', 'vaccination', 2, 5)]
  const { sentence, of } = shown(lines, { destination: 'digitaal-vlaanderen', formKind: 'rapid-test' })
  expect(sentence).toBe('1 of 3 queues is paused in part')
  const queue = of('digitaal-vlaanderen')
  expect(queue).toMatchObject({ state: 'paused-in-part', waiting: 42 })
  expect(queue.pauses).toMatchObject([{ id: '1', part: 'Rapid test', by: 'op1', everywhere: false }])
  expect(emptyingText(view, queue.emptying)).toBe('not while it is paused')
  expect(of('sciensano')).toMatchObject({ state: 'passing', pauses: [] })
})

test('what is not paused may be late beside it, and then that is told', () => {
  const lines = [{ ...line('vaccinnet', 'vaccination', 9, 900), rate: 0, acknowledged: 0 }]
  const { sentence, of } = shown(lines, { destination: 'vaccinnet', formKind: 'booster-1' })
  expect(sentence).toBe('1 of 3 queues is late')
  expect(of('vaccinnet')).toMatchObject({ state: 'late', pauses: [{ part: 'First booster' }] })
})

test('a paused service pauses every queue it goes to, old work and all', () => {
  const lines = [line('vaccinnet', 'vaccination', 13, 9_000)]
  const { sentence, of } = shown(lines, { service: 'eforms' })
  expect(sentence).toBe('3 of 3 queues are paused')
  expect(of('vaccinnet')).toMatchObject({ state: 'paused', pauses: [{ part: 'eForms', everywhere: true }] })
})

test('all form kinds of a destination, each paused by itself, are the whole of it', () => {
  const { of } = shown([], { destination: 'sciensano', formKind: 'rapid-test' })
  expect(of('sciensano').state).toBe('paused')
  expect(shown([], { destination: 'sciensano' }).of('sciensano').pauses).toMatchObject([{ part: null }])
})

test('a stop of intake is no pause of a queue', () => {
  expect(shown([], { what: 'intake', formKind: 'rapid-test' }).sentence).toBe('All 3 queues are passing')
})
