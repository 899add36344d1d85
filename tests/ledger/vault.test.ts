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
