import { expect, test } from 'vitest'
import { makeMetrics } from './metrics.ts'

test('a node that sent no probe yet does not say that one failed', async () => {
  const { registry, probeOk, probeSeconds } = makeMetrics('one')
  expect(await registry.metrics()).not.toMatch(/^sluis_probe_\w+\{?.* /m)
  probeOk.set(0)
  probeSeconds.set(2.5)
  const text = await registry.metrics()
  expect(text).toContain('sluis_probe_ok{node="one"} 0')
  expect(text).toContain('sluis_probe_seconds{node="one"} 2.5')
})
