import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginSpan, traceparentOf } from '../../src/kernel/tracing.ts'
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

test('spans carry numbers and words of ours only', () => {
  const allowed = /^sluis\.(receipt|reading|node|service|format|custody|delivery|record|purpose|outcome)$/
  const names = exporter.getFinishedSpans().flatMap((span) => Object.keys(span.attributes))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !allowed.test(name))).toEqual([])
})

test('a traceparent that is none begins a new trace', () => {
  const span = beginSpan('message.read', 'not-a-traceparent', 'inside', {})
  expect(traceparentOf(span)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  span.end()
})
