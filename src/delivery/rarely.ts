/** Takes a share of the time at most: a twentieth, and once a second. */
const leastMilliseconds = 1_000
const restPerWork = 20

/**
 * Makes a caller of a look that may cost much. It is taken again at once while it finds something, and within a second when
 * the mark of what it depends on has changed; else, also when it fails, only after twenty times as long as it took.
 *
 * @example const rarely = makeRarely(() => visibilityMark(db)); await rarely(() => look())
 */
export function makeRarely(
  markOf: () => Promise<string>,
  clock: () => number = () => performance.now(),
): <T>(look: () => Promise<T[]>) => Promise<T[]> {
  let asked = Number.NEGATIVE_INFINITY
  let due = 0
  let seen = ''
  return async (look) => {
    const began = clock()
    if (began < asked + leastMilliseconds && due > 0) return []
    asked = began
    // Read before the look: a change during it is seen the next time.
    const mark = await markOf()
    if (began < due && mark === seen) return []
    seen = mark
    const rested = (): number => clock() + Math.max(leastMilliseconds, (clock() - began) * restPerWork)
    const found = await look().catch((error: unknown) => {
      due = rested()
      throw error
    })
    due = found.length > 0 ? 0 : rested()
    return found
  }
}
