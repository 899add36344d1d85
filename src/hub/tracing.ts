import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Stoppable } from './parts.ts'

/**
 * Sends traces to the collector named in `OTEL_EXPORTER_OTLP_ENDPOINT` (OTLP over HTTP); off without it.
 * `OTEL_TRACES_SAMPLER_ARG` is the share of new traces that is kept, 1 unless said; a sender's own decision is respected.
 */
export function startTracing(
  node: string,
  version: string,
  environment: Readonly<Record<string, string | undefined>>,
): Stoppable | null {
  if (environment['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined) return null
  const share = Number(environment['OTEL_TRACES_SAMPLER_ARG'] ?? 1)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'sluis',
      'service.instance.id': node,
      'service.version': version,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  trace.setGlobalTracerProvider(provider)
  return {
    async stop() {
      await provider.shutdown()
      trace.disable()
    },
  }
}
