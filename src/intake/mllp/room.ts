/** A shared measure of bytes in memory: who comes in waits until there is room for what he brings. */
export interface Room {
  /** Resolves when the bytes fit; in the order of asking. */
  enter(bytes: number): Promise<void> | undefined
  leave(bytes: number): void
}

/**
 * Makes a room for so many bytes. Something larger than the whole room may enter when the room is empty.
 *
 * @example const room = makeRoom(64 * 1024 * 1024); await room.enter(frame.length)
 */
export function makeRoom(size: number): Room {
  let taken = 0
  const waiting: { bytes: number; enter: () => void }[] = []
  const fits = (bytes: number): boolean => taken === 0 || taken + bytes <= size
  return {
    enter(bytes) {
      if (waiting.length === 0 && fits(bytes)) {
        taken += bytes
        return undefined
      }
      return new Promise((resolve) => waiting.push({ bytes, enter: resolve }))
    },
    leave(bytes) {
      taken -= bytes
      for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
        waiting.shift()
        taken += next.bytes
        next.enter()
      }
    },
  }
}
