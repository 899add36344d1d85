import type { Language, Texts } from '../../kernel/language.ts'
import type { IconName } from '../icons.ts'
import type { Tone } from '../tokens.ts'

/** How a state looks and what it is called: word, shape and colour always go together. */
interface StateLook {
  readonly tone: Tone | 'none'
  readonly icon: IconName
  readonly word: Texts
}

const look = (tone: Tone | 'none', icon: IconName, nl: string, fr: string, de: string, en: string): StateLook => ({
  tone,
  icon,
  word: { nl, fr, de, en },
})

/** Every state a screen can show. */
export const states = {
  // A queue of deliveries.
  passing: look('ok', 'circle-check', 'Loopt door', 'Passe', 'Läuft', 'Passing'),
  waiting: look('wait', 'hourglass', 'Wacht', 'En attente', 'Wartet', 'Waiting'),
  draining: look('wait', 'hourglass', 'Haalt in', 'Rattrape', 'Holt auf', 'Catching up'),
  late: look('late', 'triangle-alert', 'Te laat', 'En retard', 'Verspätet', 'Late'),
  trying: look('late', 'triangle-alert', 'Probeert weer', 'Nouvel essai', 'Versucht wieder', 'Trying again'),
  refusing: look('bad', 'octagon-x', 'Weigert', 'Refuse', 'Lehnt ab', 'Refusing'),
  stopped: look('bad', 'octagon-x', 'Antwoordt niet', 'Ne répond pas', 'Antwortet nicht', 'Not answering'),
  paused: look('held', 'circle-pause', 'Gepauzeerd', 'En pause', 'Angehalten', 'Paused'),
  'paused-in-part': look(
    'held',
    'circle-pause',
    'Deels gepauzeerd',
    'Pause partielle',
    'Teils angehalten',
    'Paused in part',
  ),
  'not-known': look('unsure', 'circle-question-mark', 'Niet bekend', 'Inconnu', 'Nicht bekannt', 'Not known'),
  // A message or record.
  stored: look('ok', 'circle-check', 'Bewaard', 'Conservé', 'Gespeichert', 'Stored'),
  spooled: look('late', 'triangle-alert', 'Op één server', 'Sur un serveur', 'Auf einem Server', 'On one server'),
  passed: look('ok', 'circle-check', 'Doorgelaten', 'Admis', 'Durchgelassen', 'Passed'),
  withheld: look('held', 'lock', 'Ingehouden', 'Retenu', 'Zurückgehalten', 'Withheld'),
  refused: look('bad', 'octagon-x', 'Geweigerd', 'Refusé', 'Abgelehnt', 'Refused'),
  unreadable: look('bad', 'octagon-x', 'Niet leesbaar', 'Illisible', 'Nicht lesbar', 'Not readable'),
  conflict: look('bad', 'octagon-x', 'Tegenspraak', 'Contradiction', 'Widerspruch', 'Conflict'),
  withdrawn: look('none', 'redo-2', 'Ingetrokken', 'Retiré', 'Zurückgezogen', 'Withdrawn'),
  // A delivery.
  sending: look('wait', 'send', 'Onderweg', 'En route', 'Unterwegs', 'Sending'),
  'asked-again': look(
    'unsure',
    'circle-question-mark',
    'Antwoord kwijt',
    'Réponse perdue',
    'Antwort fehlt',
    'Answer lost',
  ),
  acknowledged: look('ok', 'circle-check', 'Bevestigd', 'Confirmé', 'Bestätigt', 'Acknowledged'),
  'refused-by-destination': look(
    'bad',
    'octagon-x',
    'Bestemming weigert',
    'Destinataire refuse',
    'Empfänger lehnt ab',
    'Refused there',
  ),
  // A certificate.
  issued: look('ok', 'circle-check', 'Klaar', 'Prêt', 'Bereit', 'Ready'),
  revoked: look('bad', 'octagon-x', 'Herroepen', 'Révoqué', 'Widerrufen', 'Revoked'),
  expired: look('late', 'triangle-alert', 'Verlopen', 'Expiré', 'Abgelaufen', 'Expired'),
  // A node.
  running: look('ok', 'circle-check', 'Werkt', 'Fonctionne', 'Läuft', 'Running'),
  starting: look('wait', 'hourglass', 'Start op', 'Démarre', 'Startet', 'Starting'),
  stopping: look('wait', 'hourglass', 'Rondt af', 'Se termine', 'Beendet', 'Finishing'),
  away: look('bad', 'unplug', 'Weg', 'Absent', 'Weg', 'Away'),
  silent: look('unsure', 'circle-question-mark', 'Stil', 'Silencieux', 'Still', 'Silent'),
  // Books and switches.
  balanced: look('ok', 'circle-check', 'In evenwicht', 'En équilibre', 'Ausgeglichen', 'Balanced'),
  differs: look('bad', 'octagon-x', 'Verschil', 'Écart', 'Differenz', 'Difference'),
  open: look('ok', 'circle-check', 'Open', 'Ouvert', 'Offen', 'Open'),
  closed: look('held', 'lock', 'Gesloten', 'Fermé', 'Geschlossen', 'Closed'),
  done: look('ok', 'circle-check', 'Klaar', 'Terminé', 'Fertig', 'Done'),
  busy: look('wait', 'hourglass', 'Bezig', 'En cours', 'Läuft', 'Busy'),
  halted: look('held', 'square-stop', 'Gestopt', 'Arrêté', 'Gestoppt', 'Stopped'),
  urgent: look('late', 'zap', 'Dringend', 'Urgent', 'Dringend', 'Urgent'),
  released: look('ok', 'circle-check', 'Vrijgegeven', 'Libéré', 'Freigegeben', 'Released'),
  // An item of a monitor; not applicable stands below.
  green: look('ok', 'circle-check', 'Groen', 'Vert', 'Grün', 'Green'),
  'red-overdue': look('bad', 'calendar-x', 'Rood: over tijd', 'Rouge : échu', 'Rot: überfällig', 'Red: overdue'),
  'red-out-of-target': look(
    'bad',
    'octagon-x',
    'Rood: buiten doel',
    'Rouge : hors cible',
    'Rot: außer Ziel',
    'Red: off target',
  ),
  unreliable: look('unsure', 'circle-question-mark', 'Onbetrouwbaar', 'Non fiable', 'Unzuverlässig', 'Unreliable'),
  unknown: look('unsure', 'circle-question-mark', 'Onbekend', 'Inconnu', 'Unbekannt', 'Unknown'),
  // A version of a rule pack, a report of a try, the guard.
  active: look('ok', 'circle-check', 'Telt', 'En vigueur', 'Gilt', 'Counts'),
  canary: look('late', 'triangle-alert', 'Telt deels', 'En partie', 'Gilt teilweise', 'Counts in part'),
  shadow: look('wait', 'gauge', 'Kijkt mee', 'Observe', 'Sieht mit', 'Shadow'),
  former: look('wait', 'redo-2', 'Vorige, kijkt mee', 'Précédente, observe', 'Vorige, sieht mit', 'Former, shadow'),
  draft: look('none', 'file-text', 'Concept', 'Projet', 'Entwurf', 'Draft'),
  retired: look('none', 'redo-2', 'Telt niet meer', 'Retirée', 'Gilt nicht mehr', 'Retired'),
  outdated: look('unsure', 'circle-question-mark', 'Verouderd', 'Périmé', 'Veraltet', 'Outdated'),
  within: look('ok', 'circle-check', 'Binnen grenzen', 'Dans les limites', 'In den Grenzen', 'Within bounds'),
  beyond: look('bad', 'octagon-x', 'Buiten grenzen', 'Hors limites', 'Außer Grenzen', 'Out of bounds'),
  'too-few': look(
    'unsure',
    'circle-question-mark',
    'Te weinig gezien',
    'Trop peu vu',
    'Zu wenig gesehen',
    'Too few seen',
  ),
  // A feed.
  usual: look('ok', 'circle-check', 'Zoals gewoon', 'Comme d’habitude', 'Wie üblich', 'As usual'),
  thin: look(
    'late',
    'triangle-alert',
    'Minder dan gewoon',
    'Moins que d’habitude',
    'Weniger als üblich',
    'Less than usual',
  ),
  'rhythm-unknown': look(
    'unsure',
    'circle-question-mark',
    'Ritme onbekend',
    'Rythme inconnu',
    'Rhythmus unbekannt',
    'Rhythm unknown',
  ),
  quiet: look('bad', 'unplug', 'Stuurt niets', 'N’envoie rien', 'Sendet nichts', 'Sends nothing'),
  'changed-mix': look('late', 'triangle-alert', 'Andere mengeling', 'Autre mélange', 'Andere Mischung', 'Other mix'),
  // A laboratory result.
  final: look('none', 'check', 'Definitief', 'Définitif', 'Endgültig', 'Final'),
  preliminary: look('wait', 'hourglass', 'Voorlopig', 'Provisoire', 'Vorläufig', 'Preliminary'),
  corrected: look('late', 'redo-2', 'Verbeterd', 'Corrigé', 'Berichtigt', 'Corrected'),
  'not-checked': look(
    'wait',
    'hourglass',
    'Nog niet gecontroleerd',
    'Pas encore vérifié',
    'Noch nicht geprüft',
    'Not checked yet',
  ),
  cancelled: look('none', 'square-stop', 'Geannuleerd', 'Annulé', 'Storniert', 'Cancelled'),
  'not-applicable': look('none', 'info', 'Niet van toepassing', 'Sans objet', 'Entfällt', 'Not applicable'),
} as const satisfies Record<string, StateLook>

export type StateName = keyof typeof states

/** The word of a state in one language. */
export function stateWord(state: StateName, language: Language): string {
  return states[state].word[language]
}

/** From worst to best; what is not known stands before what is fine, because it may be bad. */
export const severity: Readonly<Record<Tone | 'none', number>> = {
  bad: 0,
  late: 1,
  held: 2,
  unsure: 3,
  wait: 4,
  ok: 5,
  none: 6,
}
