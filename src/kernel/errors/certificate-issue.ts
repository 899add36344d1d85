import { ofSender, type ErrorRow } from './row.ts'

/** Why an EU Digital COVID Certificate asked for is not made. */
export const certificateIssueErrors = {
  'certificate-result-not-negative': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Alleen een negatief testresultaat krijgt een certificaat.',
      fr: 'Seul un résultat de test négatif donne droit à un certificat.',
      de: 'Nur ein negatives Testergebnis erhält ein Zertifikat.',
      en: 'Only a negative test result gets a certificate.',
    },
  },
  'certificate-code-not-issued': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Code {code} kan niet (meer) op een certificaat staan. Controleer de code.',
      fr: 'Le code {code} ne peut pas (ou plus) figurer sur un certificat. Vérifiez le code.',
      de: 'Der Code {code} kann nicht (mehr) auf einem Zertifikat stehen. Prüfen Sie den Code.',
      en: 'Code {code} cannot stand on a certificate (any more). Check the code.',
    },
  },
  'certificate-doses-impossible': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dosis {dose} van {doses} bestaat niet op een certificaat. Een booster na twee doses is 3/3, na één dosis 2/1.',
      fr: 'La dose {dose} sur {doses} n’existe pas sur un certificat. Un rappel après deux doses est 3/3, après une dose 2/1.',
      de: 'Dosis {dose} von {doses} gibt es auf einem Zertifikat nicht. Eine Auffrischung nach zwei Dosen ist 3/3, nach einer Dosis 2/1.',
      en: 'Dose {dose} of {doses} does not exist on a certificate. A booster after two doses is 3/3, after one dose 2/1.',
    },
  },
  'certificate-name-empty': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De naam heeft geen letters die in A-Z geschreven kunnen worden. Vul de naam in zoals op het identiteitsbewijs.',
      fr: 'Le nom ne contient aucune lettre transcriptible en A-Z. Indiquez le nom tel qu’il figure sur la pièce d’identité.',
      de: 'Der Name hat keine Buchstaben, die sich in A-Z schreiben lassen. Geben Sie den Namen wie auf dem Ausweis an.',
      en: 'The name has no letters that can be written in A-Z. Give the name as on the identity document.',
    },
  },
  'certificate-birth-date-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De geboortedatum is geen datum tussen 1900 en 2099. Schrijf hem als JJJJ-MM-DD, JJJJ-MM of JJJJ.',
      fr: 'La date de naissance n’est pas une date entre 1900 et 2099. Écrivez-la AAAA-MM-JJ, AAAA-MM ou AAAA.',
      de: 'Das Geburtsdatum ist kein Datum zwischen 1900 und 2099. Schreiben Sie es als JJJJ-MM-TT, JJJJ-MM oder JJJJ.',
      en: 'The birth date is no date between 1900 and 2099. Write it as YYYY-MM-DD, YYYY-MM or YYYY.',
    },
  },
  'certificate-time-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De tijd van de test of prik is niet leesbaar. Schrijf ISO 8601; bij een test met tijdzone.',
      fr: 'Le moment du test ou de l’injection n’est pas lisible. Écrivez-le en ISO 8601, avec fuseau horaire pour un test.',
      de: 'Der Zeitpunkt von Test oder Impfung ist nicht lesbar. Schreiben Sie ISO 8601; beim Test mit Zeitzone.',
      en: 'The time of the test or dose cannot be read. Write ISO 8601; for a test with its offset.',
    },
  },
  'certificate-request-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De aanvraag van een certificaat is onvolledig: {path}.',
      fr: 'La demande de certificat est incomplète : {path}.',
      de: 'Der Antrag auf ein Zertifikat ist unvollständig: {path}.',
      en: 'The request for a certificate is incomplete: {path}.',
    },
  },
  'certificate-time-impossible': ofSender(
    422,
    'Dit moment kan niet: het ligt niet tussen {from} en {until}. Controleer het.',
    'Ce moment n’est pas possible : il n’est pas compris entre {from} et {until}. Vérifiez-le.',
    'Dieser Zeitpunkt ist nicht möglich: Er liegt nicht zwischen {from} und {until}. Prüfen Sie ihn.',
    'This time cannot be: it does not lie between {from} and {until}. Check it.',
  ),
  'certificate-identifier-unreadable': ofSender(
    422,
    'De identificatie is geen UVCI van dit land: URN:UVCI:01:{country}:, daarna A-Z, 0-9, / en :, met eventueel # en het juiste controleteken.',
    'L’identifiant n’est pas un UVCI de ce pays : URN:UVCI:01:{country}:, puis A-Z, 0-9, / et :, avec éventuellement # et le bon caractère de contrôle.',
    'Die Kennung ist kein UVCI dieses Landes: URN:UVCI:01:{country}:, dann A-Z, 0-9, / und :, gegebenenfalls mit # und dem richtigen Prüfzeichen.',
    'The identifier is no UVCI of this country: URN:UVCI:01:{country}:, then A-Z, 0-9, / and :, and maybe # with the right check character.',
  ),
  'certificate-content-unwritable': ofSender(
    422,
    'De inhoud bevat iets wat niet ongewijzigd op een certificaat kan: een getal boven 2^53, een half teken of meer dan {levels} niveaus.',
    'Le contenu comporte ce qu’un certificat ne peut porter tel quel : un nombre au-delà de 2^53, un demi-caractère ou plus de {levels} niveaux.',
    'Der Inhalt hat etwas, das ein Zertifikat nicht unverändert tragen kann: eine Zahl über 2^53, ein halbes Zeichen oder mehr als {levels} Ebenen.',
    'The content holds what a certificate cannot carry unchanged: a number past 2^53, half a character or more than {levels} levels.',
  ),
  'certificate-request-not-object': ofSender(
    422,
    'Dit is geen JSON-object. Geef een aanvraag of een volledige inhoud.',
    'Ceci n’est pas un objet JSON. Donnez une demande ou un contenu complet.',
    'Das ist kein JSON-Objekt. Geben Sie einen Antrag oder einen vollständigen Inhalt an.',
    'This is no JSON object. Give a request or a complete payload.',
  ),
  'certificate-request-too-large': ofSender(
    413,
    'De invoer is groter dan {limit} bytes; zo groot is geen aanvraag van een certificaat.',
    'L’entrée dépasse {limit} octets ; aucune demande de certificat n’est aussi grande.',
    'Die Eingabe ist größer als {limit} Bytes; so groß ist keine Anfrage zu einem Zertifikat.',
    'What was given is larger than {limit} bytes; no request about a certificate is that large.',
  ),
  'certificate-times-outside-signer': {
    status: 500,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De geldigheid van het certificaat valt niet binnen die van de ondertekenaar ({from} tot {until}). Stel een geldige ondertekenaar in.',
      fr: 'La validité du certificat dépasse celle du signataire ({from} au {until}). Configurez un signataire valable.',
      de: 'Die Gültigkeit des Zertifikats liegt nicht innerhalb der des Unterzeichners ({from} bis {until}). Richten Sie einen gültigen Unterzeichner ein.',
      en: "The certificate's validity does not lie within that of the signer ({from} until {until}). Set a signer that is valid.",
    },
  },
  'certificate-signer-unusable': {
    status: 500,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Sleutel en certificaat van de ondertekenaar horen niet bij elkaar of zijn niet P-256 of RSA.',
      fr: 'La clé et le certificat du signataire ne vont pas ensemble ou ne sont ni P-256 ni RSA.',
      de: 'Schlüssel und Zertifikat des Unterzeichners gehören nicht zusammen oder sind weder P-256 noch RSA.',
      en: 'Key and certificate of the signer do not belong together, or are neither P-256 nor RSA.',
    },
  },
} as const satisfies Record<string, ErrorRow>
