import { context, SpanKind, SpanStatusCode, trace, TraceFlags, type Attributes, type Span } from '@opentelemetry/api'

const tracer = trace.getTracer('sluis')
const w3c = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** What kind of step a span is: something came in, something is done inside, something goes out. */
const kinds = { in: SpanKind.SERVER, inside: SpanKind.INTERNAL, out: SpanKind.CLIENT } as const

/** The W3C traceparent of a span (Trace Context level 2, section 3.2), to be kept with what it is about; null when tracing is off. */
export function traceparentOf(span: Span): string | null {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (!trace.isSpanContextValid(span.spanContext())) return null
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/**
 * Begins a span that follows one message: the traceparent travels with the message from door to destination, so that its
 * spans on all nodes are one trace. Attributes are numbers and words of ours, never contents or identities.
 * Without a tracing set-up this is nearly free and the span is empty.
 *
 * @example const span = beginSpan('message.read', message.traceparent, 'inside', { 'sluis.receipt': receipt })
 */
export function beginSpan(
  name: string,
  traceparent: string | null,
  kind: keyof typeof kinds,
  attributes: Attributes,
): Span {
  const parent = traceparent === null ? null : w3c.exec(traceparent)
  const around =
    parent === null
      ? context.active()
      : trace.setSpanContext(context.active(), {
          traceId: parent[1]!,
          spanId: parent[2]!,
          traceFlags: Number.parseInt(parent[3]!, 16) & TraceFlags.SAMPLED,
          isRemote: true,
        })
  return tracer.startSpan(name, { kind: kinds[kind], attributes, root: parent === null }, around)
}

/** Ends a span as failed, with a code of the table of errors or the name of the error; never with its message. */
export function endFailed(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  span.end()
}
