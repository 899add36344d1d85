import type { ErrorRow } from './row.ts'

/** What is in the way of reading through FHIR or CDS Hooks. */

const asked = (status: number, nl: string, fr: string, de: string, en: string) =>
  ({ status, temporary: false, actor: 'sender', text: { nl, fr, de, en } }) as const satisfies ErrorRow

const search = {
  'fhir-search-too-wide': asked(
    400,
    'Deze zoekvraag noemt geen patiënt. Geef een van: {accepted}.',
    'Cette recherche ne nomme aucun patient. Donnez l’un de : {accepted}.',
    'Diese Suche nennt keinen Patienten. Geben Sie eines an: {accepted}.',
    'This search names no patient. Give one of: {accepted}.',
  ),
  'fhir-parameter-unknown': asked(
    400,
    'De parameter {parameter} wordt hier niet gezocht. Wel: {known}.',
    'Le paramètre {parameter} n’est pas recherché ici. Le sont : {known}.',
    'Nach dem Parameter {parameter} wird hier nicht gesucht. Gesucht wird nach: {known}.',
    'The parameter {parameter} is not searched here. These are: {known}.',
  ),
  'fhir-parameter-value': asked(
    400,
    'De waarde van {parameter} is niet te lezen. Verwacht: {expected}.',
    'La valeur de {parameter} ne peut être lue. Attendu : {expected}.',
    'Der Wert von {parameter} ist nicht lesbar. Erwartet: {expected}.',
    'The value of {parameter} cannot be read. Expected: {expected}.',
  ),
  'fhir-page-unknown': asked(
    400,
    'Deze bladzijde is niet aan u gegeven of ouder dan een dag. Begin de zoekvraag opnieuw.',
    'Cette page ne vous a pas été donnée ou date de plus d’un jour. Recommencez la recherche.',
    'Diese Seite wurde Ihnen nicht gegeben oder ist älter als einen Tag. Beginnen Sie die Suche neu.',
    'This page was not given to you, or is older than a day. Begin the search again.',
  ),
  'fhir-json-only': asked(
    406,
    'Hier wordt alleen met FHIR in JSON geantwoord (application/fhir+json).',
    'Les réponses ne sont données ici qu’en FHIR JSON (application/fhir+json).',
    'Geantwortet wird hier nur mit FHIR in JSON (application/fhir+json).',
    'Answers are given in FHIR JSON only (application/fhir+json).',
  ),
} as const

const resource = {
  'fhir-resource-unknown': asked(
    404,
    'Er is geen {type} met deze id. Een uitslag die pas is overhandigd, is er na enkele seconden.',
    'Il n’y a pas de {type} avec cet id. Un résultat qui vient d’être remis est là après quelques secondes.',
    'Es gibt keine Ressource {type} mit dieser id. Ein eben übergebenes Ergebnis ist nach wenigen Sekunden da.',
    'There is no {type} with this id. A result just handed over is there after a few seconds.',
  ),
  'fhir-version-unknown': asked(
    404,
    'Deze {type} heeft geen versie {version}; er zijn er {count}.',
    'Cette ressource {type} n’a pas de version {version} ; il y en a {count}.',
    'Diese Ressource {type} hat keine Version {version}; es gibt {count}.',
    'This {type} has no version {version}; it has {count}.',
  ),
} as const

const who = {
  'reading-purpose-missing': asked(
    400,
    'Zeg in de header x-sluis-purpose waarvoor u leest: {known}. Er is niets gegeven.',
    'Dites dans l’en-tête x-sluis-purpose pourquoi vous lisez : {known}. Rien n’est donné.',
    'Sagen Sie im Header x-sluis-purpose, wofür Sie lesen: {known}. Es wurde nichts gegeben.',
    'Say in the header x-sluis-purpose what you read for: {known}. Nothing is given.',
  ),
  'emergency-reason-missing': asked(
    403,
    'Zeg in ten minste {min} tekens waarom het niet kan wachten (header x-sluis-reason). U leest dan {minutes} minuten; wie over privacy waakt, ziet het.',
    'Dites en {min} caractères au moins pourquoi cela ne peut attendre (en-tête x-sluis-reason). Vous lisez alors {minutes} minutes ; qui veille sur la vie privée le voit.',
    'Sagen Sie in mindestens {min} Zeichen, warum es nicht warten kann (Header x-sluis-reason). Sie lesen dann {minutes} Minuten; die Stelle für Datenschutz sieht es.',
    'Say in at least {min} characters why it cannot wait (header x-sluis-reason). You then read for {minutes} minutes; whoever guards privacy sees it.',
  ),
  'relation-missing': asked(
    403,
    'Van u en deze patiënt is geen zorgrelatie bekend. Registreer ze; tot dan wordt niets gegeven.',
    'Aucune relation de soins n’est connue entre vous et ce patient. Enregistrez-la ; d’ici là, rien n’est donné.',
    'Zwischen Ihnen und diesem Patienten ist keine Behandlungsbeziehung bekannt. Registrieren Sie sie; bis dahin wird nichts gegeben.',
    'No therapeutic relation between you and this patient is known. Register it; until then nothing is given.',
  ),
  'consent-missing': asked(
    403,
    'Deze patiënt heeft geen lopende toestemming om gegevens uit te wisselen. Vraag de patiënt erom.',
    'Ce patient n’a pas de consentement en cours pour l’échange de données. Demandez-le au patient.',
    'Dieser Patient hat keine laufende Zustimmung zum Datenaustausch. Fragen Sie den Patienten danach.',
    'This patient has no consent running to exchange data. Ask the patient for it.',
  ),
  'access-excluded': asked(
    403,
    'Deze patiënt heeft u de toegang ontzegd. Alleen de patiënt kan dat veranderen.',
    'Ce patient vous a exclu de l’accès. Seul le patient peut y revenir.',
    'Dieser Patient hat Sie vom Zugriff ausgeschlossen. Nur der Patient kann das ändern.',
    'This patient has excluded you from access. Only the patient can change that.',
  ),
} as const

const hooks = {
  'cds-request-unreadable': asked(
    400,
    'Dit is geen aanroep van de hook patient-view: {what}.',
    'Ceci n’est pas un appel du hook patient-view : {what}.',
    'Dies ist kein Aufruf des Hooks patient-view: {what}.',
    'This is no call of the hook patient-view: {what}.',
  ),
  'cds-patient-missing': asked(
    412,
    'De aanroep zegt niet om wie het gaat: stuur prefetch.patient met een INSZ of BSN mee.',
    'L’appel ne dit pas de qui il s’agit : joignez prefetch.patient avec un NISS ou BSN.',
    'Der Aufruf sagt nicht, um wen es geht: senden Sie prefetch.patient mit INSZ oder BSN mit.',
    'The call does not say whom it is about: send prefetch.patient with an INSZ or BSN along.',
  ),
} as const

export const fhirApiErrors = { ...search, ...resource, ...who, ...hooks } as const
