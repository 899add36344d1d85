import type { Texts as Quad } from '../../kernel/language.ts'

/**
 * Words of the glossary in four languages. Identifiers that come from data (a destination of an operator) carry their
 * own names; what is not listed here is shown as it is written.
 */
const word = (nl: string, fr: string, de: string, en: string): Quad => ({ nl, fr, de, en })

export const serviceWords = {
  eforms: word('eForms', 'eForms', 'eForms', 'eForms'),
  gfd: word('GFD', 'DPP', 'GFD', 'GFD'),
  assurpharma: word('Assurpharma', 'Assurpharma', 'Assurpharma', 'Assurpharma'),
  raotd: word('RAOTD', 'RAOTD', 'RAOTD', 'RAOTD'),
  lab: word('Labo', 'Labo', 'Labor', 'Lab'),
}

export const kindWords = {
  'rapid-test': word('Sneltest', 'Test rapide', 'Schnelltest', 'Rapid test'),
  vaccination: word('Vaccinatie', 'Vaccination', 'Impfung', 'Vaccination'),
  'booster-1': word('Eerste booster', 'Premier rappel', 'Erste Auffrischung', 'First booster'),
  'booster-2': word('Tweede booster', 'Deuxième rappel', 'Zweite Auffrischung', 'Second booster'),
  observation: word('Labresultaat', 'Résultat de labo', 'Laborergebnis', 'Lab result'),
  // What a form is counted as that names none of ours.
  unknown: word('Onbekend formulier', 'Formulaire inconnu', 'Unbekanntes Formular', 'Unknown form'),
}

const [detected, notDetected] = [
  word('aangetoond', 'détecté', 'nachgewiesen', 'detected'),
  word('niet aangetoond', 'non détecté', 'nicht nachgewiesen', 'not detected'),
]

/** What a certificate says of a test, by its SNOMED code. */
export const resultWords = { '260415000': notDetected, '260373001': detected }

/** The same of what a form says. */
export const testResultWords = {
  negative: notDetected,
  positive: detected,
  undetermined: word('niet te bepalen', 'indéterminé', 'nicht bestimmbar', 'undetermined'),
}

/** What a message is written in. */
export const formatWords = {
  'eform-json': word('eForm (JSON)', 'eForm (JSON)', 'eForm (JSON)', 'eForm (JSON)'),
  'fhir-r4': word('FHIR R4', 'FHIR R4', 'FHIR R4', 'FHIR R4'),
  hl7v2: word('HL7v2', 'HL7v2', 'HL7v2', 'HL7v2'),
}

export const roleWords = {
  operator: word('Operator', 'Opérateur', 'Betreiber', 'Operator'),
  helper: word('Helper', 'Assistant', 'Helfer', 'Helper'),
  reader: word('Lezer', 'Lecteur', 'Leser', 'Reader'),
  'care-team': word('Zorgteam', 'Équipe de soins', 'Behandlungsteam', 'Care team'),
}

export const hubRoleWords = {
  intake: word('inname', 'réception', 'Annahme', 'intake'),
  work: word('verwerking', 'traitement', 'Verarbeitung', 'work'),
  delivery: word('levering', 'livraison', 'Zustellung', 'delivery'),
  watch: word('toezicht', 'surveillance', 'Aufsicht', 'watch'),
  web: word('scherm', 'écran', 'Bildschirm', 'screens'),
}

/** What one line of a record's custody history says happened. */
export const entryWords = {
  received: word('Ontvangen', 'Reçu', 'Empfangen', 'Received'),
  spooled: word(
    'Op één server bewaard',
    'Conservé sur un serveur',
    'Auf einem Server gespeichert',
    'Kept on one server',
  ),
  stored: word('Bewaard', 'Conservé', 'Gespeichert', 'Stored'),
  read: word('Gelezen', 'Lu', 'Gelesen', 'Read'),
  unreadable: word('Niet te lezen', 'Illisible', 'Nicht lesbar', 'Cannot be read'),
  checked: word('Gecontroleerd', 'Contrôlé', 'Geprüft', 'Checked'),
  passed: word('Doorgelaten', 'Admis', 'Durchgelassen', 'Passed'),
  withheld: word('Ingehouden', 'Retenu', 'Zurückgehalten', 'Withheld'),
  released: word('Vrijgegeven', 'Libéré', 'Freigegeben', 'Released'),
  refused: word('Geweigerd', 'Refusé', 'Abgelehnt', 'Refused'),
  reinstated: word('Alsnog doorgelaten', 'Finalement admis', 'Doch noch durchgelassen', 'Let pass after all'),
  'refused-later': word('Achteraf geweigerd', 'Refusé après coup', 'Nachträglich abgelehnt', 'Refused later'),
  planned: word('Te leveren', 'À livrer', 'Zuzustellen', 'Owed'),
  sent: word('Verstuurd', 'Envoyé', 'Gesendet', 'Sent'),
  failed: word(
    'Niet gelukt, volgt opnieuw',
    'Échec, nouvel essai prévu',
    'Fehlgeschlagen, neuer Versuch folgt',
    'Failed, will try again',
  ),
  acknowledged: word('Bevestigd', 'Accusé de réception', 'Bestätigt', 'Acknowledged'),
  'refused-by-destination': word(
    'Geweigerd door bestemming',
    'Refusé par le destinataire',
    'Vom Empfänger abgelehnt',
    'Refused by destination',
  ),
  urgent: word('Dringend gemaakt', 'Marqué urgent', 'Als dringend markiert', 'Marked urgent'),
  replayed: word('Opnieuw aangeboden', 'Rejoué', 'Erneut vorgelegt', 'Replayed'),
  corrected: word('Verbeterd', 'Corrigé', 'Berichtigt', 'Corrected'),
  'replaces-nothing': word('Vervangt niets', 'Ne remplace rien', 'Ersetzt nichts', 'Replaces nothing'),
  withdrawn: word('Ingetrokken', 'Retiré', 'Zurückgezogen', 'Withdrawn'),
  certified: word('Certificaat gemaakt', 'Certificat établi', 'Zertifikat ausgestellt', 'Certificate made'),
  'not-certified': word('Geen certificaat', 'Pas de certificat', 'Kein Zertifikat', 'No certificate'),
  revoked: word('Certificaat herroepen', 'Certificat révoqué', 'Zertifikat widerrufen', 'Certificate revoked'),
  pending: word(
    'Aangenomen, uitslag volgt',
    'Accepté, résultat à venir',
    'Angenommen, Ergebnis folgt',
    'Taken, result follows',
  ),
  unknown: word(
    'Antwoord kwijt, wordt nagevraagd',
    'Réponse perdue, à redemander',
    'Antwort fehlt, wird erfragt',
    'Answer lost, being asked for',
  ),
  'unmatched-acknowledgement': word(
    'Bevestiging die nergens bij past',
    'Accusé sans correspondance',
    'Bestätigung ohne Gegenstück',
    'Acknowledgement that fits nothing',
  ),
  conflict: word('Tegenspraak', 'Contradiction', 'Widerspruch', 'Conflict'),
  'control-id-reused': word(
    'Berichtnummer (MSH-10) was al gebruikt voor een ander bericht',
    'Numéro de message (MSH-10) déjà employé pour un autre message',
    'Nachrichtennummer (MSH-10) schon für eine andere Nachricht verwendet',
    'Message number (MSH-10) was used before for another message',
  ),
}

/** Kinds of senders, many of them. */
export const senderKindWords = {
  pharmacy: word('Apotheken', 'Pharmacies', 'Apotheken', 'Pharmacies'),
  laboratory: word('Laboratoria', 'Laboratoires', 'Labore', 'Laboratories'),
  probe: word('Proefberichten', 'Messages d’essai', 'Probenachrichten', 'Probes'),
  practice: word('Praktijken', 'Cabinets', 'Praxen', 'Practices'),
  development: word('Ontwikkeling', 'Développement', 'Entwicklung', 'Development'),
}

/** Why somebody reads what belongs to a person. */
export const purposeWords = {
  care: word('Zorg voor deze patiënt', 'Soins à ce patient', 'Versorgung dieses Patienten', 'Care of this patient'),
  'traveller-waiting': word(
    'Een reiziger wacht',
    'Un voyageur attend',
    'Ein Reisender wartet',
    'A traveller is waiting',
  ),
  'question-of-patient': word(
    'Vraag van de patiënt',
    'Question du patient',
    'Frage des Patienten',
    'Question of the patient',
  ),
  'question-of-sender': word(
    'Vraag van de afzender',
    'Question de l’expéditeur',
    'Frage des Absenders',
    'Question of the sender',
  ),
  incident: word('Incident', 'Incident', 'Vorfall', 'Incident'),
  audit: word('Audit', 'Audit', 'Audit', 'Audit'),
}

/** Where in the hub a probe stopped; other stops are destinations. */
export const stopWords = {
  intake: word('inname', 'réception', 'Annahme', 'intake'),
  reading: word('lezen', 'lecture', 'Lesen', 'reading'),
  checking: word('controleren', 'contrôle', 'Prüfen', 'checking'),
  planning: word('plannen', 'planification', 'Planen', 'planning'),
  release: word('vrijgave', 'libération', 'Freigabe', 'release'),
}
