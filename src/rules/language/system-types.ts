import { Amount } from './amount.ts'
import { Beyond } from './faults.ts'
import type { Item } from './values.ts'
import { When } from './when.ts'

const tests: Readonly<Record<string, (item: Item) => boolean>> = {
  String: (item) => typeof item === 'string',
  Boolean: (item) => typeof item === 'boolean',
  Quantity: (item) => item instanceof Amount,
  Date: (item) => item instanceof When && item.kind === 'date',
  DateTime: (item) => item instanceof When && item.kind === 'dateTime',
}

/** Whether an item is of a type of System; types of FHIR resources and the kinds of number are left to the reference. */
export function isOfType(name: string | null): (item: Item) => boolean {
  const test = name === null ? undefined : tests[name.replace(/^System\./, '')]
  if (test === undefined) throw new Beyond(`the type ${name}`)
  return test
}
