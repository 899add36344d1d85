export type Room = 'read' | 'check' | 'plan' | 'deliver' | 'seal' | 'webhook'

/**
 * Wakes workers of this node at once when there is work; workers also look by themselves a few times a second, so a
 * lost ring (another node's work, a restart) costs a moment and never a record.
 */
export interface Bell {
  ring(room: Room): void
  /** Waits for a ring or `milliseconds`, whichever comes first. A ring during work is remembered. */
  wait(room: Room, milliseconds: number): Promise<void>
}

export function makeBell(): Bell {
  const rung = new Set<Room>()
  const waiting = new Map<Room, Set<() => void>>()
  return {
    ring(room) {
      const sleepers = waiting.get(room)
      if (sleepers === undefined || sleepers.size === 0) {
        rung.add(room)
        return
      }
      waiting.delete(room)
      for (const wake of sleepers) wake()
    },
    wait(room, milliseconds) {
      if (rung.delete(room)) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          waiting.get(room)?.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        let sleepers = waiting.get(room)
        if (sleepers === undefined) waiting.set(room, (sleepers = new Set()))
        sleepers.add(wake)
      })
    },
  }
}
