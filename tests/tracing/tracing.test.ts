import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { beginSpan, traceparentOf } from '../../src/kernel/tracing.ts'
import { startFakeDestination } from '../delivery/fake-destination.ts'
import { makeWorld, until } from '../delivery/world.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })

beforeAll(async () => {
  trace.setGlobalTracerProvider(provider)
  line = await openLine()
})
afterAll(async () => {
  await line.close()
  await provider.shutdown()
  trace.disable()
})

test('a message read later, on whatever node, belongs to the trace it came in with', async () => {
  const door = beginSpan('message.accept', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'in', {})
  const traceparent = traceparentOf(door)
  door.end()
  expect(traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
  await line.acceptSample('rapid-test', 1)
  await line.db.query({ text: 'update message set traceparent = $1', values: [traceparent] })
  await line.work()
  const read = exporter.getFinishedSpans().find((span) => span.name === 'message.read')
  expect(read?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  expect(read?.parentSpanContext?.spanId).toBe(traceparent?.split('-')[2])
})

test('what is owed for a message is sent within the trace it came in with, and the destination can go on with it', async () => {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  const world = await makeWorld()
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const door = '00f067aa0ba902b7'
  const [traced] = await world.put({ traceparent: `00-${traceId}-${door}-01` }, {})
  world.deliver({ sciensano: destination.url }, { timeoutMs: 20_000, leaseMs: 60_000 })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 2,
  )
  const spans = exporter.getFinishedSpans().filter((span) => span.name === 'delivery.send')
  const sent = spans.map((span) => ({ ...span.spanContext(), record: span.attributes['sluis.record'] }))
  // Each post names its own span; the message without a trace has one of its own.
  const heard = destination.posts.map(({ headers }) => headers['traceparent'])
  expect(heard).toHaveLength(2)
  expect(new Set(heard)).toEqual(new Set(sent.map((span) => `00-${span.traceId}-${span.spanId}-01`)))
  const followed = sent.filter((span) => span.traceId === traceId)
  expect(followed.map(({ record }) => record)).toEqual([`${traced!.receipt}.0`])
  expect(spans.map((span) => span.parentSpanContext?.spanId).filter(Boolean)).toEqual([door])
  const told = JSON.stringify(spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]))
  const { insz, familyName, givenName, birthDate } = traced!.record.subject!
  expect([insz, familyName, givenName, birthDate].filter((one) => told.includes(one ?? 'nobody'))).toEqual([])
})

test('spans carry numbers and words of ours only', () => {
  const allowed = /^sluis\.(receipt|reading|node|service|format|custody|delivery|destination|record|purpose|outcome)$/
  const names = exporter.getFinishedSpans().flatMap((span) => Object.keys(span.attributes))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !allowed.test(name))).toEqual([])
})

test('a traceparent that is none begins a new trace', () => {
  const span = beginSpan('message.read', 'not-a-traceparent', 'inside', {})
  expect(traceparentOf(span)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  span.end()
})
