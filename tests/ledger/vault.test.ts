import { expect, test } from 'vitest'
import { openVault } from '../../src/ledger/vault.ts'
import { openLine } from '../support/line.ts'

test('a node with another master key is told so, and the right one opens what it sealed', async () => {
  const line = await openLine()
  try {
    const now = new Date()
    const sealed = line.vault.seal(await line.vault.forPeriod('eforms', now), Buffer.from('x'), 'receipt')
    await expect(openVault(line.db, Buffer.alloc(32, 1)).forPeriod('eforms', now)).rejects.toMatchObject({
      code: 'master-key-differs',
    })
    const same = openVault(line.db, Buffer.alloc(32, 9))
    expect(same.unseal(await same.forPeriod('eforms', now), sealed, 'receipt').toString()).toBe('x')
    const key = await same.forPeriod('eforms', now)
    expect(() => same.unseal(key, sealed, 'another receipt')).toThrow()
  } finally {
    await line.close()
  }
})

test('what comes after its period was closed is sealed with the key of now, and none is made for what is gone', async () => {
  const line = await openLine()
  try {
    const late = new Date('2022-07-01T10:00:00Z')
    await line.db.query({
      text: `insert into closed_period (service, period, from_at, to_at, tables, block)
        values ('eforms', '20220701', '2022-07-01', '2022-07-02', '{}', 0)`,
    })
    const key = await line.vault.forPeriod('eforms', late)
    expect(key.id).toBe((await line.vault.forPeriod('eforms', new Date())).id)
    const { rows } = await line.db.query({ text: `select from data_key where period = '20220701'` })
    expect(rows).toEqual([])
  } finally {
    await line.close()
  }
})
