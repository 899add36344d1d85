import type { SentenceTexts } from './say.ts'

const states = {
  green: 'groen',
  'red-overdue': 'rood, te laat',
  'red-out-of-target': 'rood, buiten streefwaarde',
  'not-applicable': 'niet van toepassing',
  unknown: 'onbekend',
}
const reasons = {
  'care-refused': 'de patiënt wil deze zorg niet',
  'no-longer-needed': 'niet meer nodig',
  'treated-elsewhere': 'elders behandeld',
  'clinician-decided': 'besluit van de behandelaar',
}
const troubles = {
  silent: 'stuurt niets',
  late: 'stuurt later dan gewoonlijk',
  thin: 'stuurt minder dan gewoonlijk',
  'changed-mix': 'stuurt andere soorten resultaten dan gewoonlijk',
  backlog: 'heeft nog een achterstand',
}
const feeds = { lab: 'het laboratorium', practice: 'de praktijk' }

export const nl: SentenceTexts = {
  'in-target': ({ shown, day, source }, say) =>
    `${say.value(shown)} op ${say.day(day)} (${source}): binnen de streefwaarde.`,
  'out-of-target': ({ shown, day, source }, say) =>
    `${say.value(shown)} op ${say.day(day)} (${source}): buiten de streefwaarde.`,
  recorded: ({ shown, day, source }, say) =>
    `${shown === null ? 'Vastgelegd' : say.value(shown)} op ${say.day(day)} (${source}).`,
  'enough-recorded': ({ count, needed }) => `${count} keer vastgelegd, ${needed} nodig.`,
  'too-few': ({ count, needed, months }) => `${count} keer vastgelegd in ${months} maanden, ${needed} nodig.`,
  'undecided-comparator': ({ shown, day, source }, say) =>
    `${say.value(shown)} op ${say.day(day)} (${source}) laat open of het binnen de streefwaarde ligt.`,
  'undecided-patient': ({ shown, day, source }, say) =>
    `${say.value(shown)} op ${say.day(day)} (${source}): welke streefwaarde geldt, is niet bekend. Vul geboortedatum en behandeling aan.`,
  overdue: ({ last, due }, say) => `Laatst gemeten op ${say.day(last)}; telde mee tot en met ${say.day(due)}.`,
  'never-measured': () => 'Nog nooit gemeten.',
  'not-enrolled': ({ from, to }, say) =>
    from === null
      ? 'De patiënt neemt niet deel aan dit programma.'
      : `De patiënt neemt deel van ${say.day(from)}${to === null ? '' : ` tot en met ${say.day(to)}`}.`,
  deceased: ({ on }, say) => `De patiënt is overleden op ${say.day(on)}.`,
  'under-age': ({ age, until }, say) => `Geldt vanaf ${age} jaar: op ${say.day(until)}.`,
  'other-practitioner': ({ day, source }, say) =>
    `De specialist is hoofdbehandelaar, vastgelegd op ${say.day(day)} (${source}).`,
  exempt: ({ reason, from, to }, say) =>
    `Vrijgesteld sinds ${say.day(from)}${to === null ? '' : ` tot en met ${say.day(to)}`}: ${reasons[reason]}.`,
  'exempt-recorded': ({ day, source }, say) => `Niet meer nodig, vastgelegd op ${say.day(day)} (${source}).`,
  'replaced-by': ({ other, day }, say) => `${say.text(other)} van ${say.day(day)} is nieuwer en telt hiervoor.`,
  'other-in-use': ({ other }, say) => `${say.text(other)} telt hiervoor.`,
  target: ({ target, unit, personal }, say) =>
    `${personal ? 'Persoonlijke streefwaarde' : 'Streefwaarde'}: ${say.bounds(target)} ${unit}.`,
  window: ({ months }) => `Een meting telt ${months} maanden.`,
  grade: ({ texts }, say) => `Oordeel: ${say.text(texts)}.`,
  alert: ({ texts }, say) => `Let op: ${say.text(texts)}.`,
  flagged: ({ rule, day }, say) =>
    `Regel ${rule} plaatst een opmerking bij het resultaat van ${say.day(day)}; het telt mee.`,
  'day-assumed': ({ day, from }, say) =>
    `De afnamedatum ontbreekt; ${say.day(day)} is de dag van ${from === 'result' ? 'het resultaat' : 'ontvangst'}.`,
  'ignored-future': ({ day, source, received }, say) =>
    `Een resultaat van ${source} met datum ${say.day(day)}, ontvangen op ${say.day(received)}, telt niet: de datum lag nog in de toekomst.`,
  'ignored-cancelled': ({ day, source }, say) => `De bepaling van ${say.day(day)} (${source}) heeft geen uitslag.`,
  'ignored-withdrawn': ({ day, source }, say) => `${source} heeft een resultaat van ${say.day(day)} ingetrokken.`,
  'ignored-no-number': ({ day, source }, say) =>
    `De uitslag van ${say.day(day)} (${source}) is geen getal en telt niet.`,
  withheld: ({ rule, activation, since, day, source }, say) =>
    `Een resultaat van ${source} van ${say.day(day)} wordt sinds ${say.moment(since)} niet getoond door regel ${rule} (${activation}). Het is bewaard.`,
  'under-review': ({ rule, day, source }, say) =>
    `Het resultaat van ${say.day(day)} (${source}) wordt nagekeken om regel ${rule}.`,
  'check-failed': ({ rule, day, source }, say) =>
    `Regel ${rule} kon het resultaat van ${say.day(day)} (${source}) niet nakijken.`,
  'not-understood': ({ original, day, source }, say) =>
    `Code of eenheid van ${original} van ${say.day(day)} (${source}) is niet vertaald; het telt nog niet.`,
  preliminary: ({ day, source }, say) =>
    `Het resultaat van ${say.day(day)} (${source}) is voorlopig; het definitieve volgt.`,
  'changes-at': ({ at, state }, say) => `Wordt zonder nieuwe gegevens ${states[state]} op ${say.moment(at)}.`,
  'changes-with-value': () => 'Verandert pas met nieuwe gegevens.',
  missing: ({ what, feed, sources }, say) =>
    `Ontbreekt: ${say.text(what)}. Verwacht van ${sources.length === 0 ? feeds[feed] : say.list(sources)}.`,
  disturbed: ({ source, from, to, why }, say) =>
    to === null
      ? `${source} ${troubles[why]} sinds ${say.moment(from)}.`
      : `${source}: verstoord van ${say.moment(from)} tot ${say.moment(to)}, nog niet alles is binnen.`,
  'absence-no-proof': () => 'Ontbreken betekent hier niets.',
  'not-confirmed-since': ({ since }, say) => `Niet bevestigd sinds ${say.moment(since)}.`,
  'red-stays': () => 'De gemeten waarde blijft gelden; een nieuwere kan nog onderweg zijn.',
  'other-activation': ({ was, is }) => `Berekend onder regels ${was}; nu gelden ${is}. Wordt opnieuw berekend.`,
  'evaluation-late': ({ since }, say) => `Had op ${say.moment(since)} opnieuw berekend moeten zijn.`,
  'not-evaluated': () => 'Nog niet berekend. Dit gebeurt vanzelf.',
  'last-certain': ({ state, at }, say) => `Laatste zekere stand: ${states[state]}, ${say.moment(at)}.`,
  'targets-to-confirm': () => 'Streefwaarden en termijnen moeten nog door een arts bevestigd worden.',
}
