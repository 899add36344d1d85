import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { stateWord, states, type StateName } from './states.ts'

/** State as icon and word, never as colour alone; not a button and not a link. */
export function Chip({ view, state }: { view: View; state: StateName }) {
  const { tone, icon } = states[state]
  return (
    <span class={`chip tone-${tone}`}>
      <Icon name={icon} />
      {stateWord(state, view.language)}
    </span>
  )
}
