import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { newCounters } from '../delivery/counters.ts'
import { connectLater } from '../store/connect.ts'
import { showDelivery } from './delivery-metrics.ts'

test('deliveries are counted as a counter, each time it is read what was done so far', async () => {
  const registry = new Registry()
  const done = { ...newCounters(), sent: 3 }
  const db = connectLater({ connections: 1 })
  showDelivery(registry, db, { counters: () => new Map([['sciensano', done]]) })
  await registry.metrics()
  done.sent = 5
  const text = await registry.metrics()
  expect(text).toContain('# TYPE sluis_deliveries_total counter')
  expect(text).toContain('sluis_deliveries_total{destination="sciensano",outcome="sent"} 5')
})

test('what the hub owes says that it is the figure of the whole hub: nodes added up would count it once for each', async () => {
  const registry = new Registry()
  showDelivery(registry, connectLater({ connections: 1 }), { counters: () => new Map() })
  const text = await registry.metrics()
  for (const name of ['sluis_backlog', 'sluis_backlog_oldest_seconds'])
    expect(text).toMatch(new RegExp(`^# HELP ${name} .*whole hub.*maximum over nodes, do not add`, 'm'))
})
