import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'

/** What withholds a record: a rule of a version of a pack by its activation, or a person. */
export type HeldBy =
  | {
      readonly state: 'rule'
      readonly pack: string
      readonly version: string
      readonly rule: string
      readonly activation: number
    }
  | { readonly state: 'person'; readonly who: string }

/** Who or what withholds, in words; a rule leads to its pack. */
export function HeldByLine({ view, by }: { view: View; by: HeldBy }) {
  const words = view.t.checks
  if (by.state === 'person') return <>{words.heldByPerson(by.who)}</>
  return (
    <span>
      <a href={addresses.pack(by.pack)}>{words.heldByRule(by.pack, by.version, by.activation)}</a>{' '}
      <code>{by.rule}</code>
    </span>
  )
}
