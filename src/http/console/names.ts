import type { DestinationConfig, Route } from '../../delivery/config.ts'
import { knownKinds } from '../../delivery/known-kinds.ts'
import type { Language } from '../../kernel/language.ts'
import { kindWords, serviceWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'

/** What a destination is called in a language; one that is no longer configured keeps its identifier. */
export function destinationName(destinations: readonly DestinationConfig[], name: string, language: Language): string {
  return destinations.find((one) => one.name === name)?.texts[language] ?? name
}

/** Who did something, in words: `command:root` is the account that ran a command. Others are as they signed in. */
export function actorName(view: View, actor: string): string {
  return actor.startsWith('command:') ? view.t.byCommand(actor.slice('command:'.length)) : actor
}

/** The form kinds that a service routes somewhere. */
export const kindsOf = (routes: readonly Route[], service: string): string[] =>
  knownKinds(routes, { what: 'delivery', destination: null, service })

/** The form kinds whose intake can be closed at a service: those it routes, and those that are read here. */
export function intakeKindsOf(routes: readonly Route[], service: string): string[] {
  const read = knownKinds(routes, { what: 'intake', destination: null, service })
  return [...new Set([...kindsOf(routes, service), ...read])]
}

/** What a pause or stop covers, in words: the form kind, else the destination, else the service. */
export function scopeName(
  view: View,
  destinations: readonly DestinationConfig[],
  scope: { readonly destination: string | null; readonly service: string | null; readonly formKind: string | null },
): string {
  const kind = scope.formKind === null ? null : view.word(kindWords, scope.formKind)
  const place =
    scope.destination === null
      ? scope.service === null
        ? null
        : view.word(serviceWords, scope.service)
      : destinationName(destinations, scope.destination, view.language)
  return [place, kind].filter((part) => part !== null).join(', ') || view.t.all
}
