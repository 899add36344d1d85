import type { ErrorRow } from './row.ts'

/** What is wrong with a laboratory report in FHIR R4. The path says where; `{element}` is the name of an element. */

function sender(nl: string, fr: string, de: string, en: string) {
  return { status: 422, temporary: false, actor: 'sender', text: { nl, fr, de, en } } as const satisfies ErrorRow
}

const message = {
  'fhir-xml-not-read': sender(
    'Dit is FHIR in XML. Stuur hetzelfde als JSON (application/fhir+json).',
    'Ceci est du FHIR en XML. Envoyez le même contenu en JSON (application/fhir+json).',
    'Dies ist FHIR in XML. Senden Sie dasselbe als JSON (application/fhir+json).',
    'This is FHIR in XML. Send the same as JSON (application/fhir+json).',
  ),
  'fhir-bundle-type': sender(
    'Een bundel van het type "{type}" bevat geen nieuwe uitslagen. Gebruik document, collection, message, transaction of batch.',
    'Un bundle de type « {type} » ne porte pas de nouveaux résultats. Utilisez document, collection, message, transaction ou batch.',
    'Ein Bundle vom Typ „{type}“ enthält keine neuen Ergebnisse. Verwenden Sie document, collection, message, transaction oder batch.',
    'A bundle of type "{type}" brings no new results. Use document, collection, message, transaction or batch.',
  ),
  'fhir-method-not-read': sender(
    'Alleen POST en PUT worden hier uitgevoerd; dit onderdeel vraagt {method}.',
    'Seuls POST et PUT sont exécutés ici ; cet élément demande {method}.',
    'Nur POST und PUT werden hier ausgeführt; dieser Eintrag verlangt {method}.',
    'Only POST and PUT are carried out here; this entry asks for {method}.',
  ),
  'fhir-transaction-refused': sender(
    'Deze uitslag is in orde, maar een transactie gaat door in haar geheel of niet, en een ander onderdeel is fout. Met een bundel van het type batch staat elke uitslag op zich.',
    'Ce résultat est correct, mais une transaction passe entière ou pas du tout, et un autre élément est faux. Dans un bundle de type batch, chaque résultat compte pour lui-même.',
    'Dieses Ergebnis ist in Ordnung, aber eine Transaktion gilt ganz oder gar nicht, und ein anderer Eintrag ist falsch. In einem Bundle vom Typ batch steht jedes Ergebnis für sich.',
    'This result is in order, but a transaction goes through whole or not at all, and another entry is wrong. In a bundle of type batch every result stands for itself.',
  ),
  'fhir-too-many-results': sender(
    'Het bericht bevat {count} uitslagen; hoogstens {limit} passen in één bericht.',
    'Le message contient {count} résultats ; un message en porte {limit} au plus.',
    'Die Nachricht enthält {count} Ergebnisse; höchstens {limit} passen in eine Nachricht.',
    'The message holds {count} results; at most {limit} fit in one message.',
  ),
  'fhir-notes-too-long': sender(
    'Wat dit bericht rond zijn uitslagen zegt (patiënt, aanvraag, conclusie, opmerkingen, fouten) is te lang om bij elk van de {count} te bewaren. Splits het.',
    'Ce que ce message dit autour de ses résultats (patient, demande, conclusion, remarques, erreurs) est trop long pour être gardé avec chacun des {count}. Scindez-le.',
    'Was diese Nachricht rund um ihre Ergebnisse sagt (Patient, Auftrag, Befund, Bemerkungen, Fehler), ist zu lang, um es bei jedem der {count} zu speichern. Teilen Sie sie.',
    'What this message says around its results (patient, order, conclusion, notes, faults) is too long to be kept with each of the {count}. Split it.',
  ),
  'fhir-count-differs': sender(
    'Geteld: {counted} uitslagen; gelezen: {mapped}, apart bewaard: {kept}. Daarom is geen enkele uitslag gelezen.',
    'Comptés : {counted} résultats ; lus : {mapped}, gardés à part : {kept}. Aucun résultat n’est donc lu.',
    'Gezählt: {counted} Ergebnisse; gelesen: {mapped}, beiseite behalten: {kept}. Darum wurde kein Ergebnis gelesen.',
    'Counted: {counted} results; read: {mapped}, kept aside: {kept}. Therefore no result was read.',
  ),
} as const

const shape = {
  'fhir-element-unknown': sender(
    'Het element "{element}" bestaat hier niet in FHIR R4.',
    'L’élément « {element} » n’existe pas ici en FHIR R4.',
    'Das Element „{element}“ gibt es hier in FHIR R4 nicht.',
    'There is no element "{element}" here in FHIR R4.',
  ),
  'fhir-element-missing': sender(
    'Het element "{element}" ontbreekt.',
    'L’élément « {element} » manque.',
    'Das Element „{element}“ fehlt.',
    'The element "{element}" is missing.',
  ),
  'fhir-element-type': sender(
    'Hier hoort iets van het JSON-type {expected}.',
    'Une valeur JSON de type {expected} est attendue ici.',
    'Hier gehört ein Wert vom JSON-Typ {expected} hin.',
    'A JSON value of type {expected} belongs here.',
  ),
  'fhir-element-shape': sender(
    'Deze tekst heeft niet de vorm die FHIR R4 hier vraagt, of noemt een dag of tijd die niet bestaat.',
    'Ce texte n’a pas la forme demandée par FHIR R4, ou désigne un jour ou une heure qui n’existe pas.',
    'Dieser Text hat nicht die Form, die FHIR R4 hier verlangt, oder nennt einen Tag oder eine Zeit, die es nicht gibt.',
    'This text does not have the form FHIR R4 asks for here, or names a day or time that does not exist.',
  ),
  'fhir-element-empty': sender(
    'Deze lijst is leeg. Laat haar weg.',
    'Cette liste est vide. Supprimez-la.',
    'Diese Liste ist leer. Lassen Sie sie weg.',
    'This list is empty. Leave it out.',
  ),
  'fhir-code-not-allowed': sender(
    'Deze code staat hier niet in FHIR R4. Mogelijk zijn: {allowed}.',
    'Ce code n’est pas prévu ici en FHIR R4. Possibles : {allowed}.',
    'Diesen Code gibt es hier in FHIR R4 nicht. Möglich sind: {allowed}.',
    'FHIR R4 has no such code here. Possible are: {allowed}.',
  ),
  'fhir-value-several': sender(
    'Er staan {count} waarden naast elkaar ({elements}). Welke geldt, is niet te zien.',
    '{count} valeurs figurent côte à côte ({elements}). Celle qui compte ne peut être déterminée.',
    '{count} Werte stehen nebeneinander ({elements}). Welcher gilt, ist nicht zu erkennen.',
    '{count} values stand side by side ({elements}). Which one counts cannot be seen.',
  ),
  'fhir-rule-broken': sender(
    'Regel {rule} van FHIR R4 klopt hier niet: {element}.',
    'La règle {rule} de FHIR R4 n’est pas respectée ici : {element}.',
    'Regel {rule} von FHIR R4 ist hier verletzt: {element}.',
    'Rule {rule} of FHIR R4 does not hold here: {element}.',
  ),
  'fhir-modifier-unknown': sender(
    'De uitbreiding {url} verandert de betekenis en is hier niet bekend.',
    'L’extension {url} change le sens et n’est pas connue ici.',
    'Die Erweiterung {url} ändert die Bedeutung und ist hier nicht bekannt.',
    'The extension {url} changes the meaning and is not known here.',
  ),
  'fhir-date-stand-in': sender(
    'Deze datum staat voor een onbekende en is als onbekend bewaard.',
    'Cette date tient lieu d’une date inconnue et est gardée comme inconnue.',
    'Dieses Datum steht für ein unbekanntes und wurde als unbekannt behalten.',
    'This date stands in for an unknown one and was kept as unknown.',
  ),
  'fhir-date-order': sender(
    '{later} ligt vóór {earlier}.',
    '{later} précède {earlier}.',
    '{later} liegt vor {earlier}.',
    '{later} lies before {earlier}.',
  ),
} as const

const patient = {
  'fhir-subject-missing': sender(
    'Er staat niet bij van wie deze uitslag is.',
    'Il n’est pas indiqué de qui est ce résultat.',
    'Es steht nicht dabei, von wem dieses Ergebnis ist.',
    'It does not say whose result this is.',
  ),
  'fhir-subject-not-found': sender(
    'De patiënt van deze uitslag ({reference}) staat niet in het bericht.',
    'Le patient de ce résultat ({reference}) ne figure pas dans le message.',
    'Der Patient dieses Ergebnisses ({reference}) steht nicht in der Nachricht.',
    'The patient of this result ({reference}) is not in the message.',
  ),
  'fhir-subject-ambiguous': sender(
    'Twee verschillende patiënten in het bericht heten {reference}.',
    'Deux patients différents du message portent le nom {reference}.',
    'Zwei verschiedene Patienten der Nachricht heißen {reference}.',
    'Two different patients in the message are called {reference}.',
  ),
  'fhir-subject-no-patient': sender(
    'Deze uitslag gaat niet over een patiënt maar over {type}.',
    'Ce résultat ne porte pas sur un patient mais sur {type}.',
    'Dieses Ergebnis gehört nicht zu einem Patienten, sondern zu {type}.',
    'This result is not about a patient but about {type}.',
  ),
  'fhir-subject-differs': sender(
    'Deze uitslag en {other} noemen een andere patiënt.',
    'Ce résultat et {other} désignent des patients différents.',
    'Dieses Ergebnis und {other} nennen verschiedene Patienten.',
    'This result and {other} name different patients.',
  ),
  'fhir-identifier-wrong': sender(
    'Dit nummer is geen {scheme}: vorm of controlecijfers kloppen niet. Het is bewaard als nummer van de afzender.',
    'Ce numéro n’est pas un {scheme} : forme ou chiffres de contrôle incorrects. Il est gardé comme numéro de l’expéditeur.',
    'Diese Nummer ist keine {scheme}: Form oder Prüfziffern stimmen nicht. Sie wurde als Nummer des Absenders behalten.',
    'This number is no {scheme}: its form or check digits do not hold. It was kept as a number of the sender.',
  ),
  'fhir-reference-not-found': sender(
    'Het onderdeel {reference} staat niet in het bericht.',
    'L’élément {reference} ne figure pas dans le message.',
    'Der Teil {reference} steht nicht in der Nachricht.',
    'The part {reference} is not in the message.',
  ),
  'fhir-report-withdrawn': sender(
    'Het verslag is ingetrokken; deze uitslag geldt daarom ook als ingetrokken.',
    'Le rapport est retiré ; ce résultat est donc aussi considéré comme retiré.',
    'Der Bericht ist zurückgezogen; darum gilt auch dieses Ergebnis als zurückgezogen.',
    'The report is withdrawn; therefore this result counts as withdrawn too.',
  ),
} as const

export const fhirErrors = { ...message, ...shape, ...patient } as const satisfies Record<string, ErrorRow>
