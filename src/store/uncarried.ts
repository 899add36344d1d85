import type { NodeRow } from './nodes.ts'

/** A node that restarts in order is back by then. */
const graceSeconds = 15

/** A role that nodes carried in the last week, and none does now. */
export interface Uncarried {
  readonly role: string
  /** When the last node carried it, by the database's clock. */
  readonly since: Date
}

/**
 * What nobody does: roles that some node carried and none does now, also when that node stopped in order. What only such a
 * node did stands still, however well the others are; messages are taken and not read.
 *
 * @example uncarriedRoles(await listNodes(db)) // [{ role: 'work', since: 2022-07-01T07:12:00.000Z }]
 */
export function uncarriedRoles(nodes: readonly Pick<NodeRow, 'carried' | 'seenAt' | 'silentFor'>[]): Uncarried[] {
  const last = new Map<string, number>()
  for (const { carried } of nodes)
    for (const [role, secondsAgo] of Object.entries(carried))
      last.set(role, Math.min(secondsAgo, last.get(role) ?? Infinity))
  const now = nodes.map(({ seenAt, silentFor }) => seenAt.getTime() + silentFor * 1_000)[0] ?? 0
  return [...last]
    .filter(([, secondsAgo]) => secondsAgo > graceSeconds)
    .map(([role, secondsAgo]) => ({ role, since: new Date(now - secondsAgo * 1_000) }))
    .sort((a, b) => a.role.localeCompare(b.role))
}
