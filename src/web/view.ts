import type { Language, Texts as Quad } from '../kernel/language.ts'
import { formats, type Formats } from './format.ts'
import { checksTexts, type ChecksTexts } from './texts/checks.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { fr } from './texts/fr.ts'
import { french } from './texts/french.ts'
import { labDe } from './texts/lab-de.ts'
import { labEn } from './texts/lab-en.ts'
import { labFr } from './texts/lab-fr.ts'
import { labNl, type LabTexts } from './texts/lab-nl.ts'
import { moreTexts, type MoreTexts } from './texts/more.ts'
import { nl, type Texts } from './texts/nl.ts'

export type ThemeChoice = 'auto' | 'light' | 'dark'

export type Role = 'operator' | 'helper' | 'reader'

/** Acts that change something; a reader may do none of them. */
export type Act = 'operate' | 'mark-urgent'

export interface Banner {
  readonly state: 'disturbance' | 'maintenance' | 'rehearsal'
  readonly sentence: string
  readonly link: { readonly address: string; readonly text: string } | null
}

/** What every page knows about its reader and the moment, filled by the HTTP side. */
export interface PageContext {
  readonly language: Language
  readonly theme: ThemeChoice
  /** Path and query of this page: where the choices of language and theme return to. */
  readonly address: string
  /** ISO time of the server. */
  readonly now: string
  /** Name the operator gave this hub. */
  readonly hub: string
  readonly version: string
  /** Changes with any static file; part of their addresses, so that they can be kept for a year. */
  readonly assets: string
  readonly person: { readonly name: string; readonly role: Role } | null
  /** Proof that a form came from our own page; sent back with each form as `token`. */
  readonly token: string
  /** Fresh id of this rendering, sent back as `form`: a form posted twice does its work once. */
  readonly form: string
  readonly banner: Banner | null
}

type AllTexts = Texts & MoreTexts & { readonly lab: LabTexts; readonly checks: ChecksTexts }

/** The context with the reader's texts and formats at hand. */
export interface View extends PageContext {
  readonly t: AllTexts
  readonly f: Formats
  /** The word for an identifier of the given table; the identifier itself when it has none. */
  word(table: Readonly<Record<string, Quad>>, id: string): string
}

const catalogues: Readonly<Record<Language, AllTexts>> = {
  nl: { ...nl, ...moreTexts.nl, lab: labNl, checks: checksTexts.nl },
  fr: french({ ...fr, ...moreTexts.fr, lab: labFr, checks: checksTexts.fr }),
  de: { ...de, ...moreTexts.de, lab: labDe, checks: checksTexts.de },
  en: { ...en, ...moreTexts.en, lab: labEn, checks: checksTexts.en },
}

/** Makes the view of a reader. */
export function viewOf(context: PageContext): View {
  return {
    ...context,
    t: catalogues[context.language],
    f: formats(context.language),
    word: (table, id) => (Object.hasOwn(table, id) ? (table[id]?.[context.language] ?? id) : id),
  }
}

/** Whether the reader's role allows an act; the page says why when it does not. */
export function may(view: PageContext, act: Act): boolean {
  if (view.person === null) return false
  return view.person.role === 'operator' || (act === 'mark-urgent' && view.person.role === 'helper')
}
