import { expect, test } from 'vitest'
import { fixtureView } from '../fixtures/context.ts'
import { fixtureBooks } from '../fixtures/others.ts'
import { booksPage, type RecordAccount } from './books.tsx'

const accounts = (count: number, differing: readonly number[]): RecordAccount[] =>
  Array.from({ length: count }, (_, n) => ({
    account: `Apotheek ${n}`,
    read: 10,
    passed: 9,
    withheld: 0,
    refused: 1,
    waiting: 0,
    difference: differing.includes(n) ? 2 : 0,
  }))

const tableOf = (records: readonly RecordAccount[]): string[] => {
  const html = booksPage(fixtureView('en'), { ...fixtureBooks, group: 'sender', records })
  const body = /<h2 id="records-title">.*?<tbody[^>]*>(.*?)<\/tbody>/s.exec(html)?.[1] ?? ''
  return body.split('</tr>').slice(0, -1)
}

test('a day with thousands of senders shows those that differ first, and adds up what does not fit', () => {
  const rows = tableOf(accounts(5_000, [17, 4_999]))
  expect(rows).toHaveLength(201)
  expect(rows[0]).toMatch(/Apotheek 17<.*difference 2/s)
  expect(rows[1]).toMatch(/Apotheek 4999<.*difference 2/s)
  expect(rows[2]).toContain('Apotheek 0<')
  const rest = rows[200]
  expect(rest).toContain('href="/books.csv?day=2026-07-01&amp;group=sender">4,800 other accounts, added up')
  expect([...rest!.matchAll(/<td[^>]*class="number"[^>]*>([^<]*)</g)].map(([, cell]) => cell)).toEqual([
    '48,000',
    '43,200',
    '0',
    '4,800',
    '0',
  ])
})

test('what differs and does not fit is not said to balance', () => {
  const all = Array.from({ length: 203 }, (_, n) => n)
  expect(tableOf(accounts(203, all))[200]).toContain('difference 6')
})

test('as many as fit are all there, and nothing is added up', () => {
  const rows = tableOf(accounts(200, []))
  expect(rows).toHaveLength(200)
  expect(rows.join('')).not.toContain('added up')
})
