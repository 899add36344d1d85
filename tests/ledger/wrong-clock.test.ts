import { afterEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/kernel/log.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { newestClosed, setRetention } from '../../src/store/retention.ts'
import { retentionLook } from '../../src/watch/retention.ts'
import { makeOlder, settleAll } from '../support/aged.ts'
import { openLine } from '../support/line.ts'

const day = 86_400_000
afterEach(() => vi.restoreAllMocks())

test('a node whose clock is a year ahead destroys nothing, and keeps retention again once it is put right', async () => {
  const line = await openLine()
  try {
    await line.acceptSample('rapid-test', 0)
    await line.work()
    await settleAll(line.db)
    await makeOlder(line.db, 10)
    const keep = (days: number) => setRetention(line.db, { service: 'eforms', days, actor: 'test', why: 'a test' })
    await keep(30)
    expect(await keepRetention(line.db, new Date(Date.now() + 365 * day))).toEqual([])

    let ahead = 365 * day
    const ticks = vi.spyOn(performance, 'now').mockReturnValue(1_000)
    const look = retentionLook({ now: () => new Date(Date.now() + ahead) }, silentLog)
    await look.look(line.db)
    expect(await newestClosed(line.db)).toEqual([])
    ahead = 0
    await keep(7)
    ticks.mockReturnValue(1_000 + 660_000)
    await look.look(line.db)
    expect(await newestClosed(line.db)).toHaveLength(1)
  } finally {
    await line.close()
  }
})
