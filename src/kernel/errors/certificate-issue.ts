import type { ErrorRow } from './row.ts'

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
      fr: "La dose {dose} sur {doses} n'existe pas sur un certificat. Un rappel après deux doses est 3/3, après une dose 2/1.",
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
      fr: "Le nom ne contient aucune lettre transcriptible en A-Z. Indiquez le nom tel qu'il figure sur la pièce d'identité.",
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
      fr: "La date de naissance n'est pas une date entre 1900 et 2099. Écrivez-la AAAA-MM-JJ, AAAA-MM ou AAAA.",
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
      fr: "Le moment du test ou de l'injection n'est pas lisible. Écrivez-le en ISO 8601, avec fuseau horaire pour un test.",
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
