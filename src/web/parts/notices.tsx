import type { ComponentChildren } from 'preact'
import type { IconName } from '../icons.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { Time } from './time.tsx'

function Notice({ tone, icon, children }: { tone: string; icon: IconName; children: ComponentChildren }) {
  return (
    <div class={`notice tone-${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  )
}

/** Nothing there, and we know it: what was looked for and what can be done. */
export function Empty({ sentence, children }: { sentence: string; children?: ComponentChildren }) {
  return (
    <Notice tone="none" icon="inbox">
      <p>{sentence}</p>
      {children}
    </Notice>
  )
}

/** We could not look: never shown as empty or zero. */
export function Failed({ view, sentence, since }: { view: View; sentence: string; since: string | null }) {
  return (
    <Notice tone="unsure" icon="circle-question-mark">
      <p>{sentence}</p>
      {since !== null && (
        <p>
          {view.t.notKnownSince} <Time view={view} at={since} />
        </p>
      )}
    </Notice>
  )
}

/** Still being counted; the space is kept so that nothing moves when it arrives. */
export function Loading({ sentence }: { sentence: string }) {
  return (
    <Notice tone="wait" icon="hourglass">
      <p>{sentence}</p>
    </Notice>
  )
}

/** Figures that are older than they should be. */
export function Stale({ view, asOf }: { view: View; asOf: string }) {
  return (
    <Notice tone="unsure" icon="circle-question-mark">
      <p>
        {view.t.stale} <Time view={view} at={asOf} />
      </p>
    </Notice>
  )
}
