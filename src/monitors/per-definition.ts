import type { MonitorDefinition } from './definition.ts'

/**
 * Keeps what `find` makes of a definition and a key: definitions do not change, and every item of every patient asks.
 *
 * @example const codesOf = perDefinition((definition, item: string) => findCodes(definition, item))
 */
export function perDefinition<Key, Value>(
  find: (definition: MonitorDefinition, key: Key) => Value,
): (definition: MonitorDefinition, key: Key) => Value {
  const known = new WeakMap<MonitorDefinition, Map<Key, Value>>()
  return (definition, key) => {
    let own = known.get(definition)
    if (own === undefined) known.set(definition, (own = new Map()))
    let value = own.get(key)
    if (value === undefined) own.set(key, (value = find(definition, key)))
    return value
  }
}
