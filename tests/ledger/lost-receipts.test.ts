import { expect, test } from 'vitest'
import { prefixOf, receiptNumber } from '../../src/kernel/ids.ts'
import { lostMessage } from '../../src/ledger/lost-receipts.ts'
import { insertMissing } from '../../src/store/spooled-missing.ts'
import { openLine } from '../support/line.ts'

test('a receipt whose message a disk has lost is told as that, with who gave it and when', async () => {
  const line = await openLine()
  try {
    const number = (id: string) => receiptNumber(line.vault.keys.receipt, 7, id, Buffer.alloc(32)).receipt
    const [receipt, other] = [number('lost'), number('never given')]
    const spooledAt = new Date('2022-07-01T08:00:00.000Z')
    await insertMissing(line.db, 'a', [{ receipt, prefix: prefixOf(receipt), senderId: 7, spooledAt, refused: false }])
    expect(await lostMessage(line.db, receipt)).toMatchObject({
      senderId: 7,
      error: { code: 'message-lost', params: { receipt, node: 'a', at: spooledAt.toISOString() } },
    })
    expect(await lostMessage(line.db, other)).toBeNull()
    expect(await lostMessage(line.db, 'no receipt')).toBeNull()
  } finally {
    await line.close()
  }
})
