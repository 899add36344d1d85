import type { Language } from '../kernel/language.ts'
import type { Sentence, SentenceCode, SentenceParams } from './sentence.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { fr } from './texts/fr.ts'
import { nl } from './texts/nl.ts'
import { sayIn, type Say, type SentenceTexts } from './texts/say.ts'

const catalogues: Readonly<Record<Language, SentenceTexts>> = { nl, fr, de, en }
const writers = new Map<Language, Say>()

/**
 * The sentences of an explanation in one language, in their order.
 *
 * @example explain(displayed.sentences, 'nl')[0] // '52 mmol/mol op 1 maart 2026 (Labo Zuid): binnen de streefwaarde.'
 */
export function explain(sentences: readonly Sentence[], language: Language): string[] {
  const say = writers.get(language) ?? sayIn(language)
  writers.set(language, say)
  return sentences.map((sentence) => tell(sentence, catalogues[language], say))
}

function tell<Code extends SentenceCode>(
  { code, params }: { readonly code: Code; readonly params: SentenceParams[Code] },
  catalogue: SentenceTexts,
  say: Say,
): string {
  return catalogue[code](params, say)
}
