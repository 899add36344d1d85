import { expect, test } from 'vitest'
import { makeMetrics } from './metrics.ts'

test('what is read of the metrics counts every answer, also those just given', async () => {
  const { registry, answered, intake } = makeMetrics('test')
  for (let n = 0; n < 1_500; n += 1) answered(202, 3)
  answered(422, 40)
  const text = await registry.metrics()
  expect(text).toContain('sluis_intake_total{status="202",node="test"} 1500')
  expect(text).toContain('sluis_intake_total{status="422",node="test"} 1')
  expect(text).toContain('sluis_intake_seconds_bucket{le="0.005",node="test"} 1500')
  expect(text).toContain('sluis_intake_seconds_count{node="test"} 1501')
  answered(202, 3)
  const { values } = await intake.get()
  expect(values.find(({ labels }) => labels.status === '202')?.value).toBe(1_501)
})
