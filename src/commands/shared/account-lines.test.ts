import { expect, it } from 'vitest'
import { deliveryLineBalances } from '../../ledger/account.ts'
import type { DeliveryLine } from '../../store/account.ts'
import { shownLines } from './account-lines.ts'

const line = (n: number, over: Partial<DeliveryLine> = {}): DeliveryLine => ({
  service: 'eforms',
  destination: 'sciensano',
  sender: `pharmacy ${n}`,
  formKind: n % 2 === 0 ? 'rapid-test' : 'booster',
  day: '2022-07-01',
  owed: 3,
  acknowledged: 2,
  waiting: 1,
  refused: 0,
  withdrawn: 0,
  differing: 0,
  owedHash: `of ${n}`,
  accountedHash: `of ${n}`,
  ...over,
})
const many = Array.from({ length: 100 }, (_, n) => line(n))
const shown = (lines: readonly DeliveryLine[], all = false) =>
  shownLines(lines, deliveryLineBalances, all).map(({ line: { sender, formKind, owed, waiting }, words }) =>
    [sender, formKind, owed, waiting, words].join(' '),
  )

it('adds up what balances over senders, and shows what differs first and by itself', () => {
  const lines = [...many, line(100, { acknowledged: 1, differing: 1 }), line(101, { accountedHash: 'another' })]
  expect(shown(lines)).toEqual([
    'pharmacy 100 rapid-test 3 1 DIFFERS by 1',
    'pharmacy 101 booster 3 1 DIFFERS: the sets are not the same',
    '50 senders rapid-test 150 50 balances',
    '50 senders booster 150 50 balances',
  ])
})

it('shows every line when asked, and when they are few', () => {
  expect(shown(many, true)).toHaveLength(100)
  expect(shown(many.slice(0, 40))).toHaveLength(40)
  expect(shown(many.slice(0, 40))[0]).toBe('pharmacy 0 rapid-test 3 1 balances')
})
