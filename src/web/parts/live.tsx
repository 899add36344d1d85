import type { ComponentChildren } from 'preact'
import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'

/** The event after which a page does not ask again: what it was about is not there any more. */
export const liveGone = 'gone'

/**
 * The part of a page the stream replaces. It is complete without the stream: the first state is in the page, the stream
 * sends the whole inside again, and `live.js` says when it falls silent.
 */
export function Live(props: { view: View; page: string; of?: string; children: ComponentChildren }) {
  const stream = {
    'hx-sse:connect': addresses.live(props.page, props.view.language, props.of),
    'hx-swap': 'innerMorph',
    'hx-sse:close': liveGone,
  }
  return (
    <div id="live" class="live" {...stream}>
      {props.children}
    </div>
  )
}

/** The sentence of the page with the age of its figures. */
export function Headline({ view, sentence, asOf }: { view: View; sentence: string; asOf: string }) {
  const { t, f } = view
  return (
    <div class="headline">
      <h1>{sentence}</h1>
      <p class="as-of" data-live={t.live} data-silent={t.silent} data-still={t.asOf}>
        <span>{t.asOf}</span> <time datetime={asOf}>{f.clock(asOf)}</time>
      </p>
    </div>
  )
}
