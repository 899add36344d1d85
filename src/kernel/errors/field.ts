import { ofSender, type ErrorRow } from './row.ts'

/** What is wrong with one field of a form. `{field}` is its path; the screen shows its label. */

const fields = {
  'field-missing': ofSender(
    422,
    'Veld {field} ontbreekt. Vul het in en stuur opnieuw.',
    'Le champ {field} manque. Complétez-le et renvoyez.',
    'Feld {field} fehlt. Ergänzen Sie es und senden Sie erneut.',
    'Field {field} is missing. Fill it in and send again.',
  ),
  'field-type': ofSender(
    422,
    'Veld {field} heeft een ander type. Verwacht: {expected}.',
    'Le champ {field} est d’un autre type. Attendu : {expected}.',
    'Feld {field} hat einen anderen Typ. Erwartet: {expected}.',
    'Field {field} has another type. Expected: {expected}.',
  ),
  'field-too-long': ofSender(
    422,
    'Veld {field} is langer dan {max} tekens.',
    'Le champ {field} dépasse {max} caractères.',
    'Feld {field} ist länger als {max} Zeichen.',
    'Field {field} is longer than {max} characters.',
  ),
  'field-control-character': ofSender(
    422,
    'Veld {field} bevat een stuurteken of een onzichtbaar teken. Laat het weg.',
    'Le champ {field} contient un caractère de commande ou invisible. Supprimez-le.',
    'Feld {field} enthält ein Steuerzeichen oder ein unsichtbares Zeichen. Lassen Sie es weg.',
    'Field {field} contains a control character or one that cannot be seen. Leave it out.',
  ),
  'field-format': ofSender(
    422,
    'Veld {field} heeft een andere vorm dan verwacht.',
    'Le champ {field} n’a pas la forme attendue.',
    'Feld {field} hat nicht die erwartete Form.',
    'Field {field} does not have the expected form.',
  ),
  'field-range': ofSender(
    422,
    'Veld {field} ligt niet tussen {min} en {max}.',
    'Le champ {field} n’est pas compris entre {min} et {max}.',
    'Feld {field} liegt nicht zwischen {min} und {max}.',
    'Field {field} is not between {min} and {max}.',
  ),
  'field-unknown': ofSender(
    422,
    'Dit veld hoort niet bij het formulier en is niet gelezen.',
    'Ce champ n’appartient pas au formulaire et n’est pas lu.',
    'Dieses Feld gehört nicht zum Formular und wurde nicht gelesen.',
    'This field does not belong to the form and was not read.',
  ),
  'fields-unknown': ofSender(
    422,
    'Nog {count} velden horen niet bij het formulier en zijn niet gelezen.',
    'Encore {count} champs n’appartiennent pas au formulaire et ne sont pas lus.',
    'Weitere {count} Felder gehören nicht zum Formular und wurden nicht gelesen.',
    'Another {count} fields do not belong to the form and were not read.',
  ),
  'choice-unknown': ofSender(
    422,
    'Veld {field} heeft een waarde die niet bestaat. Mogelijk: {known}.',
    'Le champ {field} a une valeur qui n’existe pas. Possibles : {known}.',
    'Feld {field} hat einen Wert, den es nicht gibt. Möglich: {known}.',
    'Field {field} has a value that does not exist. Possible: {known}.',
  ),
} as const

const codes = {
  'code-unknown': ofSender(
    422,
    'De code in veld {field} staat niet in de lijst {list}.',
    'Le code du champ {field} ne figure pas dans la liste {list}.',
    'Der Code in Feld {field} steht nicht in der Liste {list}.',
    'The code in field {field} is not in the list {list}.',
  ),
  'code-expired': ofSender(
    422,
    'De code in veld {field} gold tot en met {till} (lijst {list}).',
    'Le code du champ {field} était en vigueur jusqu’au {till} inclus (liste {list}).',
    'Der Code in Feld {field} galt bis einschließlich {till} (Liste {list}).',
    'The code in field {field} was in use until {till} (list {list}).',
  ),
  'code-early': ofSender(
    422,
    'De code in veld {field} geldt pas vanaf {from} (lijst {list}).',
    'Le code du champ {field} n’est en vigueur qu’à partir du {from} (liste {list}).',
    'Der Code in Feld {field} gilt erst ab {from} (Liste {list}).',
    'The code in field {field} is in use from {from} only (list {list}).',
  ),
  'code-list-expired': ofSender(
    422,
    'De lijst {list} voor veld {field} gold tot en met {till}. Haal de nieuwe op.',
    'La liste {list} du champ {field} était en vigueur jusqu’au {till} inclus. Prenez la nouvelle.',
    'Die Liste {list} für Feld {field} galt bis einschließlich {till}. Holen Sie die neue.',
    'The list {list} for field {field} was in use until {till}. Take the new one.',
  ),
} as const

const identifiers = {
  'identifier-shape': ofSender(
    422,
    'Veld {field} heeft niet de cijfers van een nummer {kind}.',
    'Le champ {field} n’a pas les chiffres d’un numéro {kind}.',
    'Feld {field} hat nicht die Ziffern einer Nummer {kind}.',
    'Field {field} does not have the digits of a number {kind}.',
  ),
  'identifier-check-digits': ofSender(
    422,
    'De controlecijfers van {kind} in veld {field} kloppen niet. Verbeter het veld en stuur opnieuw.',
    'Les chiffres de contrôle {kind} du champ {field} sont incorrects. Corrigez le champ et renvoyez.',
    'Die Prüfziffern von {kind} in Feld {field} stimmen nicht. Korrigieren Sie das Feld und senden Sie erneut.',
    'The check digits of {kind} in field {field} are wrong. Correct the field and send again.',
  ),
  'identifier-birth-date': ofSender(
    422,
    'De geboortedatum in {kind} (veld {field}) bestaat niet.',
    'La date de naissance contenue dans {kind} (champ {field}) n’existe pas.',
    'Das Geburtsdatum in {kind} (Feld {field}) gibt es nicht.',
    'The birth date inside {kind} (field {field}) does not exist.',
  ),
  'insz-of-the-future': ofSender(
    422,
    'Volgens de controlecijfers van het INSZ is deze persoon pas in {year} geboren.',
    'Selon les chiffres de contrôle du NISS, cette personne ne naît qu’en {year}.',
    'Nach den Prüfziffern der INSZ ist diese Person erst {year} geboren.',
    'By the check digits of the INSZ this person is born in {year} only.',
  ),
  'insz-other-birth-date': ofSender(
    422,
    'De geboortedatum is een andere dan die in het INSZ. Kijk na wie voor u staat.',
    'La date de naissance diffère de celle du NISS. Vérifiez l’identité de la personne.',
    'Das Geburtsdatum ist ein anderes als das in der INSZ. Prüfen Sie, wer vor Ihnen steht.',
    'The birth date differs from the one in the INSZ. Check who is in front of you.',
  ),
  'insz-other-sex': ofSender(
    422,
    'Het geslacht is een ander dan dat in het INSZ.',
    'Le sexe diffère de celui du NISS.',
    'Das Geschlecht ist ein anderes als das in der INSZ.',
    'The sex differs from the one in the INSZ.',
  ),
} as const

const dates = {
  'date-unreadable': ofSender(
    422,
    'Veld {field} is geen bestaande datum of tijd. Verwacht: {expected}.',
    'Le champ {field} n’est pas une date ou une heure existante. Attendu : {expected}.',
    'Feld {field} ist kein bestehendes Datum oder keine bestehende Zeit. Erwartet: {expected}.',
    'Field {field} is not an existing date or time. Expected: {expected}.',
  ),
  'date-future': ofSender(
    422,
    'Veld {field} ligt in de toekomst. Kijk de datum en de klok van de computer na.',
    'Le champ {field} est dans le futur. Vérifiez la date et l’horloge de l’ordinateur.',
    'Feld {field} liegt in der Zukunft. Prüfen Sie das Datum und die Uhr des Rechners.',
    'Field {field} lies in the future. Check the date and the clock of the computer.',
  ),
  'date-too-early': ofSender(
    422,
    'Veld {field} ligt vóór {from}.',
    'Le champ {field} est antérieur au {from}.',
    'Feld {field} liegt vor dem {from}.',
    'Field {field} lies before {from}.',
  ),
  'date-late': ofSender(
    422,
    'Veld {field} ligt meer dan {days} dagen terug.',
    'Le champ {field} remonte à plus de {days} jours.',
    'Feld {field} liegt mehr als {days} Tage zurück.',
    'Field {field} lies more than {days} days back.',
  ),
  'birth-after-fact': ofSender(
    422,
    'De geboortedatum ligt na de datum van de test of de vaccinatie.',
    'La date de naissance est postérieure au test ou à la vaccination.',
    'Das Geburtsdatum liegt nach dem Test oder der Impfung.',
    'The birth date lies after the test or the vaccination.',
  ),
} as const

const vaccinations = {
  'dose-not-of-round': ofSender(
    422,
    'Dosis {dose} van {doses} past niet bij de ronde {round}. Een eerste booster is 3 van 3, of 2 van 1 na één dosis; een tweede 4 van 4, of 3 van 1. In de eerste reeks is de dosis ten hoogste het aantal doses.',
    'La dose {dose} sur {doses} ne correspond pas à la campagne {round}. Un premier rappel est 3 sur 3, ou 2 sur 1 après une dose unique ; un deuxième 4 sur 4, ou 3 sur 1. Dans la première série, la dose ne dépasse pas le nombre de doses.',
    'Dosis {dose} von {doses} passt nicht zur Runde {round}. Eine erste Auffrischung ist 3 von 3, nach einer Einzeldosis 2 von 1; eine zweite 4 von 4 oder 3 von 1. In der ersten Serie ist die Dosis höchstens die Anzahl der Dosen.',
    'Dose {dose} of {doses} does not fit the round {round}. A first booster is 3 of 3, or 2 of 1 after a single dose; a second one 4 of 4, or 3 of 1. In the first series the dose is at most the number of doses.',
  ),
  'lot-expired': ofSender(
    422,
    'Het lot verviel op {expiresOn}, vóór de vaccinatie.',
    'Le lot était périmé le {expiresOn}, avant la vaccination.',
    'Die Charge verfiel am {expiresOn}, vor der Impfung.',
    'The lot expired on {expiresOn}, before the vaccination.',
  ),
  'lot-of-other-product': ofSender(
    422,
    'Dit lot hoort bij een ander vaccin: {product}.',
    'Ce lot appartient à un autre vaccin : {product}.',
    'Diese Charge gehört zu einem anderen Impfstoff: {product}.',
    'This lot belongs to another vaccine: {product}.',
  ),
  'cnk-of-other-product': ofSender(
    422,
    'De CNK-code hoort niet bij vaccin {product}.',
    'Le code CNK ne correspond pas au vaccin {product}.',
    'Der CNK-Code gehört nicht zum Impfstoff {product}.',
    'The CNK code does not belong to vaccine {product}.',
  ),
} as const

export const fieldErrors = {
  ...fields,
  ...codes,
  ...identifiers,
  ...dates,
  ...vaccinations,
} as const satisfies Record<string, ErrorRow>
