import { expect, test } from 'vitest'
import { rebuildStates } from '../../src/care/rebuild.ts'
import { careKey, daysAgo, makeCareWorld } from '../care/world.ts'
import { startHubProcess } from '../support/hub.ts'
import { careKilledAt } from './care-points.ts'
import { until } from './laws.ts'

const items = 15

test.each(careKilledAt)(
  'killed at %s, a node that keeps monitors leaves them right, each change told once',
  { timeout: 300_000 },
  async (point) => {
    const world = await makeCareWorld()
    const count = async (table: string): Promise<number> =>
      (await world.query<{ n: number }>(`select count(*)::int as n from ${table}`))[0]!.n
    await world.enrol()
    await world.send({ value: '50' }, { code: '22748-8', value: '3.1', unit: 'mmol/L', collected: daysAgo(3) })
    const env = { SLUIS_MASTER_KEY: careKey.toString('base64') }
    await using hub = await startHubProcess({ databaseUrl: world.url, env: { ...env, SLUIS_FAIL_AT: point } })
    expect(await hub.ended).toBe('SIGKILL')
    expect(await count('item_state')).toBe(point === 'care-after-commit' ? items : 0)
    if (point === 'care-before-commit') expect(await count('dirty')).toBe(items)
    await hub.start({ SLUIS_FAIL_AT: '' })
    await until(
      () => count('dirty'),
      (left) => left === 0,
    )
    const rebuilt = await rebuildStates(world.deps, world.db, null, new Date())
    expect(rebuilt).toMatchObject({ items, differing: 0, pending: 0 })
    expect(rebuilt.rebuiltHash).toBe(rebuilt.storedHash)
    expect(await count('transition')).toBe(items)
    expect(await world.shown('hba1c')).toMatchObject({ state: 'green' })
    await hub.kill('SIGTERM')
  },
)
