import { deliveryLineBalances, messageLineBalances, recordLineBalances, type Account } from '../ledger/account.ts'
import type { Finding } from './look.ts'

/** What the books find: one alert a service with the lines that differ, one when spooled receipts are missing. */
export function differences(books: Account): Finding[] {
  const lines = [
    ...books.messages.filter((line) => !messageLineBalances(line)).map((line) => ({ of: 'messages', ...line })),
    ...books.records.filter((line) => !recordLineBalances(line)).map((line) => ({ of: 'records', ...line })),
    ...books.deliveries.filter((line) => !deliveryLineBalances(line)).map((line) => ({ of: 'deliveries', ...line })),
  ]
  const services = [...new Set(lines.map((line) => line.service))]
  const found: Finding[] = services.map((service) => ({
    kind: 'books-differ',
    scope: service,
    detail: { lines: lines.filter((line) => line.service === service).slice(0, 20) },
  }))
  if (books.missing.length > 0) {
    found.push({
      kind: 'spooled-missing',
      scope: 'spool',
      detail: { receipts: books.missing.slice(0, 100).map((m) => m.receipt) },
    })
  }
  return found
}
