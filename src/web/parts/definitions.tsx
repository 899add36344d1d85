import type { ComponentChildren } from 'preact'

export type Definition = readonly [name: string, value: ComponentChildren]

/** Names with their values; `figures` sets the values large, for what a page is about. */
export function Definitions({ items, figures = false }: { items: readonly Definition[]; figures?: boolean }) {
  return (
    <dl class={figures ? 'definitions figures' : 'definitions'}>
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
