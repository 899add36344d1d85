/** Room for the bodies of messages under way on this node, by bytes. */
export interface BodyRoom {
  /** Takes room for one body of a sender and gives what frees it again; null when there is none. */
  take(senderId: number, bytes: number): (() => void) | null
}

/** As many bytes as are under way at once at most, for messages of up to `largest` bytes. */
export const roomFor = (largest: number): number => Math.max(64 * 1_048_576, 8 * largest)

/**
 * Limits what a node keeps in memory of messages that are being read, written or answered: each is limited in size, but a
 * thousand connections may bring one each. One sender gets a quarter of it, so that one whose software goes wild, or is slow
 * on all its lines, does not shut out the others.
 *
 * @example makeBodyRoom(100).take(7, 30) // null: 25 are for one sender
 */
export function makeBodyRoom(limit: number): BodyRoom {
  let held = 0
  const bySender = new Map<number, number>()
  return {
    take(senderId, bytes) {
      const own = bySender.get(senderId) ?? 0
      if (held + bytes > limit || own + bytes > limit / 4) return null
      held += bytes
      bySender.set(senderId, own + bytes)
      let left = false
      return () => {
        if (left) return
        left = true
        held -= bytes
        const rest = (bySender.get(senderId) ?? 0) - bytes
        if (rest > 0) bySender.set(senderId, rest)
        else bySender.delete(senderId)
      }
    },
  }
}
