import type { Language } from '../kernel/language.ts'
import type { DisplayState } from '../monitors/display.ts'
import { explain } from '../monitors/explain.ts'
import type { Evidence } from '../monitors/evaluation.ts'
import type { PatientMonitor } from './monitor.ts'

/** A monitor in the words of one language. */
export interface ToldMonitor {
  readonly monitor: string
  readonly version: string
  readonly title: string
  readonly practice: string
  readonly items: readonly ToldItem[]
  /** What holds for the whole, such as targets that no clinician has confirmed. */
  readonly notes: readonly string[]
}

export interface ToldItem {
  readonly item: string
  readonly title: string
  readonly state: DisplayState
  readonly sentences: readonly string[]
  readonly evidence: readonly Evidence[]
}

/**
 * Says a monitor in a language: for each item what is so, why, and what would change it.
 *
 * @example tellMonitor(monitor, 'nl').items[0]?.sentences[0] // '52 mmol/mol op 1 maart 2026 (Labo Zuid): binnen ...'
 */
export function tellMonitor({ display, practice }: PatientMonitor, language: Language): ToldMonitor {
  const { definition } = display
  return {
    monitor: definition.name,
    version: definition.version,
    title: definition.texts[language],
    practice,
    items: display.items.map(({ item, state, sentences, evidence }) => ({
      item,
      title: definition.items.find(({ id }) => id === item)?.texts[language] ?? item,
      state,
      sentences: explain(sentences, language),
      evidence,
    })),
    notes: explain(display.sentences, language),
  }
}
