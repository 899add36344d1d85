/** Gives a number from 0 up to but not including 1, as `Math.random` does. */
export type Random = () => number

/** One of a list; `random` gives a number from 0 up to but not including 1. */
export function oneOf<Type>(list: readonly [Type, ...Type[]] | readonly Type[], random: Random): Type {
  return list[Math.floor(random() * list.length)]!
}

/** A whole number from `least` to `most`, both included. */
export function between(least: number, most: number, random: Random): number {
  return least + Math.floor(random() * (most - least + 1))
}

/** Mulberry32: small, even enough for samples, the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
