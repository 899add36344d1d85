import type { NodeRow } from './nodes.ts'

/** A node that restarts in order is back by then. */
const graceSeconds = 15

/** A role that nodes carried in the last week, and none does now. */
export interface Uncarried {
  readonly role: string
  /** Seconds since the last node carried it. */
  readonly secondsAgo: number
}

/**
 * What nobody does: roles that some node carried and none does now, also when that node stopped in order. What only such a
 * node did stands still, however well the others are; messages are taken and not read.
 *
 * @example uncarriedRoles(await listNodes(db)) // [{ role: 'work', secondsAgo: 48.2 }]
 */
export function uncarriedRoles(nodes: readonly Pick<NodeRow, 'carried'>[]): Uncarried[] {
  const last = new Map<string, number>()
  for (const { carried } of nodes)
    for (const [role, secondsAgo] of Object.entries(carried))
      last.set(role, Math.min(secondsAgo, last.get(role) ?? Infinity))
  return [...last]
    .filter(([, secondsAgo]) => secondsAgo > graceSeconds)
    .map(([role, secondsAgo]) => ({ role, secondsAgo }))
    .sort((a, b) => a.role.localeCompare(b.role))
}
