import type { View } from '../view.ts'
import { Icon } from './icon.tsx'

/** Groups of four, so that a receipt can be read aloud; what has its own dashes keeps them. */
export function grouped(id: string): string {
  return /^[0-9a-f]{16,}$/i.test(id) ? (id.match(/.{1,4}/g) ?? []).join(' ') : id
}

/** An identifier in fixed-width letters with a button that copies it exactly (the button needs scripts and hides without). */
export function Code({ view, id, copy = false }: { view: View; id: string; copy?: boolean }) {
  return (
    <span class="code-line">
      <code>{grouped(id)}</code>
      {copy && (
        <button type="button" class="quiet copy" data-copy={id} data-copied={view.t.copied} hidden>
          <Icon name="copy" />
          <span>{view.t.copy}</span>
        </button>
      )}
    </span>
  )
}
