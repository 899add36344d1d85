import { ofSender, type ErrorRow } from './row.ts'

/** What is wrong with the bytes of a form, or with the form as a whole. */

const unreadable = {
  'json-not-utf8': ofSender(
    422,
    'Het bericht is geen UTF-8. Stuur het in die codering.',
    'Le message n’est pas en UTF-8. Envoyez-le dans ce codage.',
    'Die Nachricht ist kein UTF-8. Senden Sie sie in dieser Kodierung.',
    'The message is not UTF-8. Send it in that encoding.',
  ),
  'json-byte-order-mark': ofSender(
    422,
    'Het bericht begint met een byte order mark. Stuur het zonder.',
    'Le message commence par une marque d’ordre des octets. Envoyez-le sans elle.',
    'Die Nachricht beginnt mit einer Bytereihenfolge-Marke. Senden Sie sie ohne.',
    'The message starts with a byte order mark. Send it without one.',
  ),
  'json-broken': ofSender(
    422,
    'Het bericht is geen JSON vanaf teken {offset}.',
    'Le message n’est plus du JSON à partir du caractère {offset}.',
    'Die Nachricht ist ab Zeichen {offset} kein JSON.',
    'The message is not JSON from character {offset} on.',
  ),
  'json-trailing': ofSender(
    422,
    'Na het einde van het bericht staat nog iets, vanaf teken {offset}.',
    'Il reste du texte après la fin du message, à partir du caractère {offset}.',
    'Nach dem Ende der Nachricht steht noch etwas, ab Zeichen {offset}.',
    'Something follows after the end of the message, from character {offset} on.',
  ),
  'json-too-deep': ofSender(
    422,
    'Het bericht is dieper genest dan {limit} niveaus.',
    'Le message a plus de {limit} niveaux d’imbrication.',
    'Die Nachricht ist tiefer als {limit} Ebenen verschachtelt.',
    'The message is nested more than {limit} levels deep.',
  ),
  'json-duplicate-key': ofSender(
    422,
    'Deze sleutel staat twee keer in hetzelfde object. Welke waarde geldt, is niet te zien.',
    'Cette clé figure deux fois dans le même objet. La valeur qui compte ne peut être déterminée.',
    'Dieser Schlüssel steht zweimal im selben Objekt. Welcher Wert gilt, ist nicht zu erkennen.',
    'This key stands twice in the same object. Which value counts cannot be seen.',
  ),
  'json-nul': ofSender(
    422,
    'Een tekst bevat een NUL-teken. Laat het weg.',
    'Un texte contient un caractère NUL. Supprimez-le.',
    'Ein Text enthält ein NUL-Zeichen. Lassen Sie es weg.',
    'A text contains a NUL character. Leave it out.',
  ),
  'json-half-surrogate': ofSender(
    422,
    'Een tekst bevat een half Unicode-teken.',
    'Un texte contient une moitié de caractère Unicode.',
    'Ein Text enthält ein halbes Unicode-Zeichen.',
    'A text contains half a Unicode character.',
  ),
  'json-number-range': ofSender(
    422,
    'Een getal is te groot om precies te bewaren.',
    'Un nombre est trop grand pour être conservé exactement.',
    'Eine Zahl ist zu groß, um genau gespeichert zu werden.',
    'A number is too large to be kept exactly.',
  ),
  'eform-not-recognised': ofSender(
    422,
    'Dit is geen eForm: "form" of "forms" ontbreekt.',
    'Ceci n’est pas un eForm : « form » ou « forms » manque.',
    'Dies ist kein eForm: „form“ oder „forms“ fehlt.',
    'This is not an eForm: "form" or "forms" is missing.',
  ),
  'forms-missing': ofSender(
    422,
    'De lijst "forms" bevat geen formulier.',
    'La liste « forms » ne contient aucun formulaire.',
    'Die Liste „forms“ enthält kein Formular.',
    'The list "forms" holds no form.',
  ),
  'forms-too-many': ofSender(
    422,
    'Het bericht bevat meer dan {limit} formulieren. Splits het.',
    'Le message contient plus de {limit} formulaires. Scindez-le.',
    'Die Nachricht enthält mehr als {limit} Formulare. Teilen Sie sie.',
    'The message holds more than {limit} forms. Split it.',
  ),
} as const

const envelope = {
  'message-id-unusable': ofSender(
    422,
    'Het berichtnummer heeft 1 tot {max} zichtbare ASCII-tekens zonder spatie.',
    'Le numéro de message compte de 1 à {max} caractères ASCII visibles, sans espace.',
    'Die Nachrichtennummer hat 1 bis {max} sichtbare ASCII-Zeichen ohne Leerzeichen.',
    'A message number has 1 to {max} visible ASCII characters without a space.',
  ),
  'form-unknown': ofSender(
    422,
    'Dit formulier is hier niet bekend.',
    'Ce formulaire n’est pas connu ici.',
    'Dieses Formular ist hier nicht bekannt.',
    'This form is not known here.',
  ),
  'form-version-unknown': ofSender(
    422,
    'Deze versie van formulier {form} is niet bekend. Bekend: {known}.',
    'Cette version du formulaire {form} n’est pas connue. Connues : {known}.',
    'Diese Version des Formulars {form} ist nicht bekannt. Bekannt: {known}.',
    'This version of form {form} is not known. Known: {known}.',
  ),
  'form-version-ended': ofSender(
    422,
    'Versie {version} van formulier {form} gold tot en met {sunset}. Gebruik {newest}.',
    'La version {version} du formulaire {form} était acceptée jusqu’au {sunset} inclus. Utilisez {newest}.',
    'Version {version} des Formulars {form} galt bis einschließlich {sunset}. Verwenden Sie {newest}.',
    'Version {version} of form {form} was accepted until {sunset}. Use {newest}.',
  ),
  'replaces-without-action': ofSender(
    422,
    '"replaces" staat bij een nieuw formulier. Zet "action" op "correct" of "withdraw", of laat het weg.',
    '« replaces » figure dans un nouveau formulaire. Mettez « action » à « correct » ou « withdraw », ou supprimez-le.',
    '„replaces“ steht bei einem neuen Formular. Setzen Sie „action“ auf „correct“ oder „withdraw“, oder lassen Sie es weg.',
    '"replaces" stands in a new form. Set "action" to "correct" or "withdraw", or leave it out.',
  ),
  'replaces-itself': ofSender(
    422,
    'Het formulier vervangt zichzelf. Geef de verbetering een eigen berichtnummer.',
    'Le formulaire se remplace lui-même. Donnez à la correction son propre numéro de message.',
    'Das Formular ersetzt sich selbst. Geben Sie der Korrektur eine eigene Nachrichtennummer.',
    'The form replaces itself. Give the correction a message number of its own.',
  ),
  'replaces-other-form': ofSender(
    422,
    '"replaces" noemt een bericht met een ander formulier. Er is niets gewijzigd of ingetrokken. Noem het juiste bericht en stuur opnieuw, onder een nieuw berichtnummer.',
    '« replaces » désigne un message qui porte un autre formulaire. Rien n’a été modifié ni retiré. Indiquez le bon message et renvoyez, sous un nouveau numéro de message.',
    '„replaces“ nennt eine Nachricht mit einem anderen Formular. Nichts wurde geändert oder zurückgezogen. Nennen Sie die richtige Nachricht und senden Sie erneut, unter einer neuen Nachrichtennummer.',
    '"replaces" names a message with another form. Nothing was changed or taken back. Name the right message and send again, under a new message number.',
  ),
  'replaces-unclear': ofSender(
    422,
    '"replaces" noemt een bericht met meer dan één formulier van deze soort, en op deze plaats staat er geen. Er is niets gewijzigd of ingetrokken. Stuur in één bericht evenveel formulieren als daar, in dezelfde volgorde.',
    '« replaces » désigne un message qui porte plusieurs formulaires de ce type, mais aucun à cette place. Rien n’a été modifié ni retiré. Envoyez dans un seul message autant de formulaires que là-bas, dans le même ordre.',
    '„replaces“ nennt eine Nachricht mit mehreren Formularen dieser Art, und an dieser Stelle steht dort keines. Nichts wurde geändert oder zurückgezogen. Senden Sie in einer Nachricht ebenso viele Formulare wie dort, in derselben Reihenfolge.',
    '"replaces" names a message with several forms of this kind, and none stands in this place. Nothing was changed or taken back. Send as many forms as there in one message, in the same order.',
  ),
} as const

const fhir = {
  'fhir-not-recognised': ofSender(
    422,
    'Het bericht bevat geen formulier (QuestionnaireResponse) en geen uitslag (Observation, DiagnosticReport).',
    'Le message ne contient ni formulaire (QuestionnaireResponse) ni résultat (Observation, DiagnosticReport).',
    'Die Nachricht enthält weder ein Formular (QuestionnaireResponse) noch ein Ergebnis (Observation, DiagnosticReport).',
    'The message holds no form (QuestionnaireResponse) and no result (Observation, DiagnosticReport).',
  ),
  'fhir-not-completed': ofSender(
    422,
    'Het antwoord is niet af: "status" is niet "completed" of "amended".',
    'La réponse n’est pas terminée : « status » n’est ni « completed » ni « amended ».',
    'Die Antwort ist nicht fertig: „status“ ist nicht „completed“ oder „amended“.',
    'The response is not finished: "status" is neither "completed" nor "amended".',
  ),
  'fhir-question-unknown': ofSender(
    422,
    'De "linkId" van deze vraag is geen veld van een formulier.',
    'Le « linkId » de cette question n’est pas un champ d’un formulaire.',
    'Die „linkId“ dieser Frage ist kein Feld eines Formulars.',
    'The "linkId" of this question is not a field of a form.',
  ),
  'fhir-answered-twice': ofSender(
    422,
    'Vraag {field} is twee keer beantwoord. Welk antwoord geldt, is niet te zien.',
    'La question {field} a deux réponses. Celle qui compte ne peut être déterminée.',
    'Frage {field} ist zweimal beantwortet. Welche Antwort gilt, ist nicht zu erkennen.',
    'Question {field} is answered twice. Which answer counts cannot be seen.',
  ),
  'fhir-answer-unreadable': ofSender(
    422,
    'Het antwoord op vraag {field} heeft een type dat hier niet gelezen wordt.',
    'La réponse à la question {field} est d’un type qui n’est pas lu ici.',
    'Die Antwort auf Frage {field} hat einen Typ, der hier nicht gelesen wird.',
    'The answer to question {field} has a type that is not read here.',
  ),
  'faults-more': ofSender(
    422,
    'Er zijn nog {count} fouten of waarschuwingen, die niet een voor een genoemd zijn.',
    'Il y a encore {count} erreurs ou avertissements, qui ne sont pas nommés un par un.',
    'Es gibt noch {count} Fehler oder Warnungen, die nicht einzeln genannt sind.',
    'There are {count} more faults or warnings, which are not named one by one.',
  ),
  'fhir-entry-not-read': ofSender(
    422,
    'Dit deel van de bundel is geen QuestionnaireResponse en is niet gelezen ({count} in het geheel).',
    'Cette partie du bundle n’est pas une QuestionnaireResponse et n’est pas lue ({count} au total).',
    'Dieser Teil des Bundles ist keine QuestionnaireResponse und wurde nicht gelesen ({count} insgesamt).',
    'This part of the bundle is no QuestionnaireResponse and was not read ({count} in all).',
  ),
} as const

const facts = {
  'record-without-fact': ofSender(
    409,
    'Record {record} bevat geen test of vaccinatie om door te geven.',
    'L’enregistrement {record} ne contient pas de test ou de vaccination à transmettre.',
    'Datensatz {record} enthält keinen Test und keine Impfung zum Weitergeben.',
    'Record {record} holds no test or vaccination to pass on.',
  ),
} as const

export const formErrors = {
  ...unreadable,
  ...envelope,
  ...fhir,
  ...facts,
} as const satisfies Record<string, ErrorRow>
