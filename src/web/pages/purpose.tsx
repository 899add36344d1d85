import { Code } from '../parts/code.tsx'
import { Definitions } from '../parts/definitions.tsx'
import { PurposeField } from '../parts/purpose-field.tsx'
import { page } from '../parts/shell.tsx'
import { addresses } from '../addresses.ts'
import { kindWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** Asked before anything that belongs to a person is shown; the answer stands in the log of readings. */
export interface Purpose {
  /** Address of what is asked for; gets `purpose` in its query. */
  readonly action: string
  /** What is asked for, told without the person: form kind and receipt of the message. */
  readonly kind: string
  readonly receipt: string
  readonly purposes: readonly string[]
}

export function purposePage(view: View, data: Purpose): string {
  const { t } = view
  return page(
    view,
    { title: t.purpose.title },
    <div class="confirm">
      <h1>{t.purpose.title}</h1>
      <p>{t.purpose.what}</p>
      <Definitions
        items={[
          [t.trace.certificate, view.word(kindWords, data.kind)],
          [t.trace.receipt, <Code view={view} id={data.receipt} />],
        ]}
      />
      <form class="act" action={data.action} method="get">
        <PurposeField view={view} purposes={data.purposes} />
        <button class="main">{t.purpose.button}</button>
      </form>
      <p>
        <a href={addresses.traceOf(data.receipt)}>{t.back}</a>
      </p>
    </div>,
  )
}
