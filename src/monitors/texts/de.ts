import type { SentenceTexts } from './say.ts'

const states = {
  green: 'grün',
  'red-overdue': 'rot, überfällig',
  'red-out-of-target': 'rot, außerhalb des Zielwerts',
  'not-applicable': 'nicht zutreffend',
  unknown: 'unbekannt',
}
const reasons = {
  'care-refused': 'der Patient möchte diese Behandlung nicht',
  'no-longer-needed': 'nicht mehr nötig',
  'treated-elsewhere': 'anderswo behandelt',
  'clinician-decided': 'Entscheidung des Behandlers',
}
const troubles = {
  silent: 'sendet nichts',
  late: 'sendet später als üblich',
  thin: 'sendet weniger als üblich',
  'changed-mix': 'sendet andere Arten von Ergebnissen als üblich',
  backlog: 'hat noch einen Rückstand',
}
const feeds = { lab: 'vom Labor', practice: 'von der Praxis' }

export const de: SentenceTexts = {
  'in-target': ({ shown, day, source }, say) => `${say.value(shown)} am ${say.day(day)} (${source}): im Zielbereich.`,
  'out-of-target': ({ shown, day, source }, say) =>
    `${say.value(shown)} am ${say.day(day)} (${source}): außerhalb des Zielbereichs.`,
  recorded: ({ shown, day, source }, say) =>
    `${shown === null ? 'Erfasst' : say.value(shown)} am ${say.day(day)} (${source}).`,
  'enough-recorded': ({ count, needed }) => `${count}-mal erfasst, ${needed} nötig.`,
  'too-few': ({ count, needed, months }) => `${count}-mal erfasst in ${months} Monaten, ${needed} nötig.`,
  'undecided-comparator': ({ shown, day, source }, say) =>
    `${say.value(shown)} am ${say.day(day)} (${source}) lässt offen, ob der Wert im Zielbereich liegt.`,
  'undecided-patient': ({ shown, day, source }, say) =>
    `${say.value(shown)} am ${say.day(day)} (${source}): Welcher Zielwert gilt, ist nicht bekannt. Ergänzen Sie Geburtsdatum und Behandlung.`,
  overdue: ({ last, due }, say) => `Zuletzt gemessen am ${say.day(last)}; zählte bis einschließlich ${say.day(due)}.`,
  'never-measured': () => 'Noch nie gemessen.',
  'not-enrolled': ({ from, to }, say) =>
    from === null
      ? 'Der Patient nimmt an diesem Programm nicht teil.'
      : `Der Patient nimmt teil ab ${say.day(from)}${to === null ? '' : ` bis einschließlich ${say.day(to)}`}.`,
  deceased: ({ on }, say) => `Der Patient ist am ${say.day(on)} verstorben.`,
  'under-age': ({ age, until }, say) => `Gilt ab ${age} Jahren: am ${say.day(until)}.`,
  'other-practitioner': ({ day, source }, say) =>
    `Der Facharzt ist Hauptbehandler, erfasst am ${say.day(day)} (${source}).`,
  exempt: ({ reason, from, to }, say) =>
    `Befreit seit ${say.day(from)}${to === null ? '' : ` bis einschließlich ${say.day(to)}`}: ${reasons[reason]}.`,
  'exempt-recorded': ({ day, source }, say) => `Nicht mehr nötig, erfasst am ${say.day(day)} (${source}).`,
  'replaced-by': ({ other, day }, say) => `${say.text(other)} vom ${say.day(day)} ist neuer und zählt hierfür.`,
  'other-in-use': ({ other }, say) => `${say.text(other)} zählt hierfür.`,
  target: ({ target, unit, personal }, say) =>
    `${personal ? 'Persönlicher Zielwert' : 'Zielwert'}: ${say.bounds(target)} ${unit}.`,
  window: ({ months }) => `Eine Messung zählt ${months} Monate.`,
  grade: ({ texts }, say) => `Einstufung: ${say.text(texts)}.`,
  alert: ({ texts }, say) => `Achtung: ${say.text(texts)}.`,
  flagged: ({ rule, day }, say) => `Regel ${rule} vermerkt etwas zum Ergebnis vom ${say.day(day)}; es zählt.`,
  'day-assumed': ({ day, from }, say) =>
    `Das Entnahmedatum fehlt; ${say.day(day)} ist der Tag ${from === 'result' ? 'des Ergebnisses' : 'des Empfangs'}.`,
  'ignored-future': ({ day, source, received }, say) =>
    `Ein Ergebnis von ${source} mit Datum ${say.day(day)}, empfangen am ${say.day(received)}, zählt nicht: Das Datum lag in der Zukunft.`,
  'ignored-cancelled': ({ day, source }, say) => `Die Bestimmung vom ${say.day(day)} (${source}) hat kein Ergebnis.`,
  'ignored-withdrawn': ({ day, source }, say) => `${source} hat ein Ergebnis vom ${say.day(day)} zurückgezogen.`,
  'ignored-no-number': ({ day, source }, say) =>
    `Das Ergebnis vom ${say.day(day)} (${source}) ist keine Zahl und zählt nicht.`,
  withheld: ({ rule, activation, since, day, source }, say) =>
    `Ein Ergebnis von ${source} vom ${say.day(day)} wird seit dem ${say.moment(since)} durch Regel ${rule} (${activation}) nicht angezeigt. Es ist gespeichert.`,
  'under-review': ({ rule, day, source }, say) =>
    `Das Ergebnis vom ${say.day(day)} (${source}) wird wegen Regel ${rule} geprüft.`,
  'check-failed': ({ rule, day, source }, say) =>
    `Regel ${rule} konnte das Ergebnis vom ${say.day(day)} (${source}) nicht prüfen.`,
  'not-understood': ({ original, day, source }, say) =>
    `Code oder Einheit von ${original} vom ${say.day(day)} (${source}) ist nicht übersetzt; es zählt noch nicht.`,
  preliminary: ({ day, source }, say) =>
    `Das Ergebnis vom ${say.day(day)} (${source}) ist vorläufig; das endgültige folgt.`,
  'changes-at': ({ at, state }, say) => `Ohne neue Daten am ${say.moment(at)}: ${states[state]}.`,
  'changes-with-value': () => 'Ändert sich erst mit neuen Daten.',
  missing: ({ what, feed, sources }, say) =>
    `Es fehlt: ${say.text(what)}. Erwartet ${sources.length === 0 ? feeds[feed] : `von ${say.list(sources)}`}.`,
  disturbed: ({ source, from, to, why }, say) =>
    to === null
      ? `${source} ${troubles[why]}, seit ${say.moment(from)}.`
      : `${source}: gestört vom ${say.moment(from)} bis ${say.moment(to)}, noch ist nicht alles angekommen.`,
  'absence-no-proof': () => 'Das Fehlen besagt hier nichts.',
  'not-confirmed-since': ({ since }, say) => `Nicht bestätigt seit ${say.moment(since)}.`,
  'red-stays': () => 'Der gemessene Wert gilt weiter; ein neuerer kann noch unterwegs sein.',
  'other-activation': ({ was, is }) => `Berechnet unter den Regeln ${was}; jetzt gelten ${is}. Wird neu berechnet.`,
  'evaluation-late': ({ since }, say) => `Hätte am ${say.moment(since)} neu berechnet werden sollen.`,
  'not-evaluated': () => 'Noch nicht berechnet. Das geschieht von selbst.',
  'last-certain': ({ state, at }, say) => `Letzter sicherer Stand: ${states[state]}, ${say.moment(at)}.`,
  'targets-to-confirm': () => 'Zielwerte und Fristen müssen noch ärztlich bestätigt werden.',
}
