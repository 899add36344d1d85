import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { Guard, ReasonField } from '../parts/form.tsx'
import { Empty } from '../parts/notices.tsx'
import { page } from '../parts/shell.tsx'
import { Time } from '../parts/time.tsx'
import type { View } from '../view.ts'

/** A person's decision about one record, before it is taken back; `decided` is null when none holds any more. */
export interface WithheldUndo {
  readonly record: string
  readonly decided: {
    readonly state: 'released' | 'confirmed'
    readonly receipt: string
    readonly by: string
    readonly why: string
    readonly at: string
  } | null
  readonly reason: string
  readonly fault: string | null
}

export function withheldUndoPage(view: View, { record, decided, reason, fault }: WithheldUndo): string {
  const { t } = view
  const words = t.checks.undecide
  return page(
    view,
    { title: words.title, section: addresses.withheld() },
    <div class="confirm">
      <h1>{words.title}</h1>
      {decided === null ? (
        <Empty sentence={words.gone} />
      ) : (
        <>
          <Definitions
            items={[
              [t.state, <Chip view={view} state={decided.state === 'released' ? 'released' : 'withheld'} />],
              [t.lab.withheld.by, decided.by],
              [t.time, <Time view={view} at={decided.at} />],
              [t.reason, decided.why],
              [t.trace.receipt, <a href={addresses.traceOf(decided.receipt)}>{t.lab.monitor.follow}</a>],
            ]}
          />
          <h2>{t.confirm.effect}</h2>
          <p>{words.effects[decided.state]}</p>
          <h2>{t.confirm.undo}</h2>
          <p>{words.undo}</p>
          <form class="act" action={addresses.withheldAct('undecide')} method="post">
            <Guard view={view} />
            <input type="hidden" name="record" value={record} />
            <ReasonField view={view} value={reason} {...(fault !== null && { fault })} />
            <button class="main">{words.title}</button>
          </form>
        </>
      )}
      <p>
        <a href={addresses.withheld()}>{t.back}</a>
      </p>
    </div>,
  )
}
