import type { SentenceTexts } from './say.ts'

const states = {
  green: 'vert',
  'red-overdue': 'rouge, en retard',
  'red-out-of-target': 'rouge, hors cible',
  'not-applicable': 'sans objet',
  unknown: 'inconnu',
}
const reasons = {
  'care-refused': 'le patient ne souhaite pas ces soins',
  'no-longer-needed': "n'est plus nécessaire",
  'treated-elsewhere': 'soigné ailleurs',
  'clinician-decided': 'décision du praticien',
}
const troubles = {
  silent: "n'envoie rien",
  late: "envoie plus tard que d'habitude",
  thin: "envoie moins que d'habitude",
  'changed-mix': "envoie d'autres types de résultats que d'habitude",
  backlog: 'a encore un arriéré',
}
const feeds = { lab: 'du laboratoire', practice: 'du cabinet' }
const of = (names: string): string => `de ${names}`

export const fr: SentenceTexts = {
  'in-target': ({ shown, day, source }, say) => `${say.value(shown)} le ${say.day(day)} (${source}) : dans la cible.`,
  'out-of-target': ({ shown, day, source }, say) => `${say.value(shown)} le ${say.day(day)} (${source}) : hors cible.`,
  recorded: ({ shown, day, source }, say) =>
    `${shown === null ? 'Enregistré' : say.value(shown)} le ${say.day(day)} (${source}).`,
  'enough-recorded': ({ count, needed }) => `Enregistré ${count} fois, ${needed} nécessaires.`,
  'too-few': ({ count, needed, months }) => `Enregistré ${count} fois en ${months} mois, ${needed} nécessaires.`,
  'undecided-comparator': ({ shown, day, source }, say) =>
    `${say.value(shown)} le ${say.day(day)} (${source}) ne dit pas si la valeur est dans la cible.`,
  'undecided-patient': ({ shown, day, source }, say) =>
    `${say.value(shown)} le ${say.day(day)} (${source}) : la cible applicable n'est pas connue. Complétez date de naissance et traitement.`,
  overdue: ({ last, due }, say) =>
    `Dernière mesure le ${say.day(last)} ; elle comptait jusqu'au ${say.day(due)} inclus.`,
  'never-measured': () => 'Jamais mesuré.',
  'not-enrolled': ({ from, to }, say) =>
    from === null
      ? 'Le patient ne participe pas à ce programme.'
      : `Le patient participe à partir du ${say.day(from)}${to === null ? '' : ` jusqu'au ${say.day(to)} inclus`}.`,
  deceased: ({ on }, say) => `Le patient est décédé le ${say.day(on)}.`,
  'under-age': ({ age, until }, say) => `S'applique à partir de ${age} ans : le ${say.day(until)}.`,
  'other-practitioner': ({ day, source }, say) =>
    `Le spécialiste est le praticien principal, enregistré le ${say.day(day)} (${source}).`,
  exempt: ({ reason, from, to }, say) =>
    `Dispensé depuis le ${say.day(from)}${to === null ? '' : ` jusqu'au ${say.day(to)} inclus`} : ${reasons[reason]}.`,
  'exempt-recorded': ({ day, source }, say) => `N'est plus nécessaire, enregistré le ${say.day(day)} (${source}).`,
  'replaced-by': ({ other, day }, say) => `${say.text(other)} du ${say.day(day)} est plus récent et compte à sa place.`,
  'other-in-use': ({ other }, say) => `${say.text(other)} compte à sa place.`,
  target: ({ target, unit, personal }, say) =>
    `${personal ? 'Cible personnelle' : 'Cible'} : ${say.bounds(target)} ${unit}.`,
  window: ({ months }) => `Une mesure compte ${months} mois.`,
  grade: ({ texts }, say) => `Appréciation : ${say.text(texts)}.`,
  alert: ({ texts }, say) => `Attention : ${say.text(texts)}.`,
  flagged: ({ rule, day }, say) => `La règle ${rule} fait une remarque sur le résultat du ${say.day(day)} ; il compte.`,
  'day-assumed': ({ day, from }, say) =>
    `La date de prélèvement manque ; le ${say.day(day)} est le jour ${from === 'result' ? 'du résultat' : 'de la réception'}.`,
  'ignored-future': ({ day, source, received }, say) =>
    `Un résultat de ${source} daté du ${say.day(day)}, reçu le ${say.day(received)}, ne compte pas : la date était dans le futur.`,
  'ignored-cancelled': ({ day, source }, say) => `L'analyse du ${say.day(day)} (${source}) n'a pas de résultat.`,
  'ignored-withdrawn': ({ day, source }, say) => `${source} a retiré un résultat du ${say.day(day)}.`,
  'ignored-no-number': ({ day, source }, say) =>
    `Le résultat du ${say.day(day)} (${source}) n'est pas un nombre et ne compte pas.`,
  withheld: ({ rule, activation, since, day, source }, say) =>
    `Un résultat de ${source} du ${say.day(day)} n'est pas affiché depuis le ${say.moment(since)} par la règle ${rule} (${activation}). Il est conservé.`,
  'under-review': ({ rule, day, source }, say) =>
    `Le résultat du ${say.day(day)} (${source}) est revu en raison de la règle ${rule}.`,
  'check-failed': ({ rule, day, source }, say) =>
    `La règle ${rule} n'a pas pu vérifier le résultat du ${say.day(day)} (${source}).`,
  'not-understood': ({ original, day, source }, say) =>
    `Le code ou l'unité de ${original} du ${say.day(day)} (${source}) n'est pas traduit ; il ne compte pas encore.`,
  preliminary: ({ day, source }, say) =>
    `Le résultat du ${say.day(day)} (${source}) est provisoire ; le définitif suivra.`,
  'changes-at': ({ at, state }, say) => `Sans nouvelles données, passe à ${states[state]} le ${say.moment(at)}.`,
  'changes-with-value': () => 'Ne change que par de nouvelles données.',
  missing: ({ what, feed, sources }, say) =>
    `Manque : ${say.text(what)}. Attendu ${sources.length === 0 ? feeds[feed] : of(say.list(sources))}.`,
  disturbed: ({ source, from, to, why }, say) =>
    to === null
      ? `${source} ${troubles[why]} depuis le ${say.moment(from)}.`
      : `${source} : perturbé du ${say.moment(from)} au ${say.moment(to)}, tout n'est pas encore arrivé.`,
  'absence-no-proof': () => "L'absence ne prouve rien ici.",
  'not-confirmed-since': ({ since }, say) => `Pas confirmé depuis le ${say.moment(since)}.`,
  'red-stays': () => 'La valeur mesurée reste valable ; une plus récente peut encore arriver.',
  'other-activation': ({ was, is }) =>
    `Calculé avec les règles ${was} ; ${is} s'appliquent maintenant. Le calcul sera refait.`,
  'evaluation-late': ({ since }, say) => `Aurait dû être recalculé le ${say.moment(since)}.`,
  'not-evaluated': () => 'Pas encore calculé. Cela se fait automatiquement.',
  'last-certain': ({ state, at }, say) => `Dernier état certain : ${states[state]}, ${say.moment(at)}.`,
  'targets-to-confirm': () => 'Cibles et délais doivent encore être confirmés par un médecin.',
}
