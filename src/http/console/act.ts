import type { Confirm } from '../../web/pages/confirm.tsx'
import type { View } from '../../web/view.ts'

/** What each act of the console needs to be shown before it is done, and done after. */
export interface Act {
  /** What it would do now, counted; or that it is so already. */
  preview(view: View): Promise<Omit<Confirm, 'fields' | 'action' | 'reason' | 'fault' | 'changed' | 'secondPerson'>>
  readonly fields: Readonly<Record<string, string>>
  /** Does it; the address to go on to. */
  run(reason: string, owner: string): Promise<string>
}
