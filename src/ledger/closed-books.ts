import type { DeliveryLine, DestinationDay, MessageLine, RecordLine } from '../store/account.ts'
import type { ClosedLine } from '../store/retention.ts'
import type { Account } from './account.ts'

type Lines = Omit<Account, 'days' | 'balanced'>

/**
 * The books with what was closed: a day may be partly closed (periods are days of UTC, books are days of Brussels), so counts
 * add up and set hashes combine, line by line. A line without a counterpart stands as it is.
 */
export function withClosed(live: Lines, closed: readonly ClosedLine[]): Lines {
  return {
    messages: merged(live.messages, linesOf<MessageLine>(closed, 'messages'), ['day', 'service', 'sender']),
    records: merged(live.records, linesOf<RecordLine>(closed, 'records'), ['day', 'service', 'sender', 'formKind']),
    deliveries: merged(live.deliveries, linesOf<DeliveryLine>(closed, 'deliveries'), [
      'day',
      'service',
      'destination',
      'sender',
      'formKind',
    ]),
    missing: live.missing,
  }
}

/** The days of destinations with what was closed of them. */
export function destinationsWithClosed(
  live: readonly DestinationDay[],
  closed: readonly ClosedLine[],
): DestinationDay[] {
  return merged(live, linesOf<DestinationDay>(closed, 'destinations'), ['day', 'destination'])
}

const linesOf = <Line>(closed: readonly ClosedLine[], what: ClosedLine['what']): Line[] =>
  closed.filter((one) => one.what === what).map(({ line }) => ({ ...newer[what], ...line }) as unknown as Line)

/** Figures that lines closed by an older version do not have. */
const newer: Partial<Record<ClosedLine['what'], object>> = { messages: { gone: 0 }, records: { gone: 0 } }

function merged<Line extends object>(
  live: readonly Line[],
  closed: readonly Line[],
  names: readonly (keyof Line)[],
): Line[] {
  const lines = new Map<string, Line>()
  for (const line of [...live, ...closed]) {
    const key = names.map((name) => String(line[name])).join(' ')
    const there = lines.get(key)
    lines.set(key, there === undefined ? line : added(there, line, names))
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}

function added<Line extends object>(one: Line, other: Line, names: readonly (keyof Line)[]): Line {
  const both = Object.entries(one).map(([name, value]: [string, unknown]) => {
    const theirs: unknown = other[name as keyof Line]
    if (names.includes(name as keyof Line)) return [name, value]
    return [name, typeof value === 'number' ? value + Number(theirs ?? 0) : xor(String(value), String(theirs))]
  })
  return Object.fromEntries(both) as Line
}

/** Two set hashes of 32 hex digits as that of both sets, which have nothing in common. */
const xor = (one: string, other: string): string =>
  (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(16).padStart(32, '0')
