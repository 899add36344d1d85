import type { Language } from '../kernel/language.ts'
import type { DisplayedItem, MonitorDisplay } from './display.ts'
import { explain } from './explain.ts'
import { hashOf } from './hash.ts'

/** A card of a CDS Hooks answer (CDS Hooks 2.0, "CDS Service Response"). */
export interface Card {
  readonly uuid: string
  readonly summary: string
  readonly detail: string
  readonly indicator: 'info' | 'warning'
  readonly source: { readonly label: string }
}

const summaryLimit = 139

/**
 * Cards for the hook `patient-view`: red is a warning, unreliable an info that says so, everything else no card.
 *
 * `uuid` stays the same for one standing, so that a reader can dismiss it. Detail is Markdown.
 *
 * @example toCards(display, 'nl')[0]?.indicator // 'warning'
 */
export function toCards(display: MonitorDisplay, language: Language): Card[] {
  return display.items.flatMap((item) => {
    const isRed = item.state === 'red-overdue' || item.state === 'red-out-of-target'
    if (!isRed && item.state !== 'unreliable') return []
    return [toCard(display, item, isRed ? 'warning' : 'info', language)]
  })
}

function toCard(display: MonitorDisplay, item: DisplayedItem, indicator: Card['indicator'], language: Language): Card {
  const { definition } = display
  const name = definition.items.find(({ id }) => id === item.item)?.texts[language] ?? item.item
  const sentences = explain([...item.sentences, ...display.sentences], language)
  const title =
    indicator === 'info' ? `${name}: ${unreliable[language]}. ${sentences[0] ?? ''}` : `${name}: ${sentences[0] ?? ''}`
  return {
    uuid: uuidOf(item.stateHash ?? `${definition.name}-${item.item}`),
    summary: shortened(title),
    detail: sentences.map((text) => `- ${escaped(text)}`).join('\n'),
    indicator,
    source: { label: `${definition.texts[language]} ${definition.version}` },
  }
}

const unreliable: Readonly<Record<Language, string>> = {
  nl: 'onbetrouwbaar',
  fr: 'non fiable',
  de: 'unzuverlässig',
  en: 'unreliable',
}

const shortened = (text: string): string => (text.length <= summaryLimit ? text : `${text.slice(0, summaryLimit - 1)}…`)

/** Names of sources and texts of laboratories stand in the detail; none of them may become markup there. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_[\]<>#|~!]/g, (sign) => `\\${sign}`)

/** A UUID of version 8 (RFC 9562 section 5.8) from a hash, so that equal standings have equal cards. */
function uuidOf(text: string): string {
  const hex = hashOf(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
