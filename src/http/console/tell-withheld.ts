import type { ToldWithheld } from '../../checking/withheld.ts'
import { mayDo, type Role } from '../../access/rights.ts'
import { addresses } from '../../web/addresses.ts'
import type { WithheldGroup } from '../../web/parts/withheld-lines.tsx'
import type { View } from '../../web/view.ts'

/** What is withheld, as lines of a page; where one can decide is told to who may. */
export function tellWithheld(view: View, lines: readonly ToldWithheld[], role: Role): WithheldGroup[] {
  return lines.map((line) => ({
    source: line.sender,
    count: line.count,
    rule: line.rule === '' ? view.t.lab.withheld.byHand : line.rule,
    why: plain(line.text?.[view.language] ?? ''),
    since: line.since.toISOString(),
    address: mayDo(role, 'see-withheld')
      ? addresses.withheld({ client: line.clientId, pack: line.pack, rule: line.rule })
      : null,
  }))
}

/** The sentence of a rule without the values of a record: its places become dots. */
export const plain = (sentence: string): string => sentence.replaceAll(/\{\w+\}/g, '…')
