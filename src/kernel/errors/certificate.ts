import { certificateIssueErrors } from './certificate-issue.ts'
import { ofSender, type ErrorRow } from './row.ts'

/** What can be wrong with an EU Digital COVID Certificate. */
export const certificateErrors = {
  'certificate-prefix-other': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De tekst begint niet met HC1: en is geen EU-certificaat. Scan de code opnieuw.',
      fr: 'Le texte ne commence pas par HC1: et n’est pas un certificat européen. Scannez à nouveau le code.',
      de: 'Der Text beginnt nicht mit HC1: und ist kein EU-Zertifikat. Scannen Sie den Code erneut.',
      en: 'The text does not start with HC1: and is no EU certificate. Scan the code again.',
    },
  },
  'certificate-too-long': {
    status: 413,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De tekst telt meer dan {limit} tekens; zo lang is geen certificaat.',
      fr: 'Le texte compte plus de {limit} caractères ; aucun certificat n’est aussi long.',
      de: 'Der Text hat mehr als {limit} Zeichen; so lang ist kein Zertifikat.',
      en: 'The text has more than {limit} characters; no certificate is that long.',
    },
  },
  'certificate-base45-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De tekst na HC1: is geen base45. Neem hem over zoals hij in de QR-code staat, met spaties.',
      fr: 'Le texte après HC1: n’est pas du base45. Reprenez-le tel qu’il figure dans le code QR, espaces compris.',
      de: 'Der Text nach HC1: ist kein Base45. Übernehmen Sie ihn so, wie er im QR-Code steht, mit Leerzeichen.',
      en: 'The text after HC1: is not base45. Take it as it stands in the QR code, spaces included.',
    },
  },
  'certificate-zlib-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De gecomprimeerde inhoud kan niet uitgepakt worden.',
      fr: 'Le contenu compressé ne peut pas être décompressé.',
      de: 'Der komprimierte Inhalt lässt sich nicht entpacken.',
      en: 'The compressed content cannot be unpacked.',
    },
  },
  'certificate-inflates-too-far': {
    status: 413,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De inhoud wordt na uitpakken groter dan {limit} bytes; zo groot is geen certificaat.',
      fr: 'Le contenu dépasse {limit} octets une fois décompressé ; aucun certificat n’est aussi grand.',
      de: 'Der Inhalt wird entpackt größer als {limit} Bytes; so groß ist kein Zertifikat.',
      en: 'The content unpacks to more than {limit} bytes; no certificate is that large.',
    },
  },
  'certificate-cose-unreadable': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De ondertekende inhoud kan niet gelezen worden ({why}).',
      fr: 'Le contenu signé ne peut pas être lu ({why}).',
      de: 'Der unterschriebene Inhalt ist nicht lesbar ({why}).',
      en: 'The signed content cannot be read ({why}).',
    },
  },
  'certificate-algorithm-other': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Het certificaat is niet ondertekend met ES256 of PS256.',
      fr: 'Le certificat n’est signé ni avec ES256 ni avec PS256.',
      de: 'Das Zertifikat ist nicht mit ES256 oder PS256 unterschrieben.',
      en: 'The certificate is not signed with ES256 or PS256.',
    },
  },
  'certificate-signer-unknown': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De ondertekenaar (sleutel {kid}) staat niet in de vertrouwenslijst. Werk de lijst bij als het land deelneemt.',
      fr: 'Le signataire (clé {kid}) ne figure pas dans la liste de confiance. Mettez la liste à jour si le pays participe.',
      de: 'Der Unterzeichner (Schlüssel {kid}) steht nicht in der Vertrauensliste. Aktualisieren Sie die Liste, wenn das Land teilnimmt.',
      en: 'The signer (key {kid}) is not on the trust list. Update the list when the country takes part.',
    },
  },
  'certificate-key-id-missing': ofSender(
    422,
    'Het certificaat zegt niet met welke sleutel het ondertekend is.',
    'Le certificat n’indique pas avec quelle clé il est signé.',
    'Das Zertifikat sagt nicht, mit welchem Schlüssel es unterschrieben ist.',
    'The certificate does not say which key signed it.',
  ),
  'certificate-trust-unreadable': ofSender(
    422,
    'Nummer {entry} van trust is geen certificaat van een ondertekenaar.',
    'Le numéro {entry} de trust n’est pas un certificat de signataire.',
    'Nummer {entry} von trust ist kein Zertifikat eines Unterzeichners.',
    'Number {entry} of trust is no certificate of a signer.',
  ),
  'certificate-moment-unreadable': ofSender(
    422,
    'at is geen tijd in ISO 8601, zoals 2022-07-02T00:00:00Z.',
    'at n’est pas un moment en ISO 8601, comme 2022-07-02T00:00:00Z.',
    'at ist kein Zeitpunkt in ISO 8601 wie 2022-07-02T00:00:00Z.',
    'at is no ISO 8601 time, such as 2022-07-02T00:00:00Z.',
  ),
  'certificate-key-not-allowed': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De sleutel van de ondertekenaar is van een soort of grootte die niet mag: alleen P-256, of RSA vanaf 2048 bits.',
      fr: 'La clé du signataire est d’un genre ou d’une taille non admis : seulement P-256, ou RSA à partir de 2048 bits.',
      de: 'Der Schlüssel des Unterzeichners ist von einer Art oder Größe, die nicht zulässig ist: nur P-256 oder RSA ab 2048 Bit.',
      en: 'The key of the signer is of a kind or size that is not allowed: only P-256, or RSA from 2048 bits.',
    },
  },
  'certificate-signature-other': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De handtekening hoort niet bij deze inhoud.',
      fr: 'La signature ne correspond pas à ce contenu.',
      de: 'Die Unterschrift gehört nicht zu diesem Inhalt.',
      en: 'The signature does not belong to this content.',
    },
  },
  'certificate-key-usage-other': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'De ondertekenaar mag deze soort certificaat niet ondertekenen.',
      fr: 'Le signataire ne peut pas signer ce type de certificat.',
      de: 'Der Unterzeichner darf diese Art von Zertifikat nicht unterschreiben.',
      en: 'The signer may not sign this kind of certificate.',
    },
  },
  'certificate-schema-faulty': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'De inhoud volgt versie {version} van het schema niet: {what} op {path}.',
      fr: 'Le contenu ne suit pas la version {version} du schéma : {what} à {path}.',
      de: 'Der Inhalt folgt nicht der Version {version} des Schemas: {what} bei {path}.',
      en: 'The content does not follow version {version} of the schema: {what} at {path}.',
    },
  },
  'certificate-schema-version-unknown': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Schemaversie {version} is niet bekend.',
      fr: 'La version {version} du schéma n’est pas connue.',
      de: 'Die Schemaversion {version} ist nicht bekannt.',
      en: 'Schema version {version} is not known.',
    },
  },
  'certificate-times-missing': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Het certificaat zegt niet van wanneer tot wanneer het geldt.',
      fr: 'Le certificat n’indique pas sa période de validité.',
      de: 'Das Zertifikat sagt nicht, von wann bis wann es gilt.',
      en: 'The certificate does not say from when until when it holds.',
    },
  },
  'certificate-not-yet-valid': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Het certificaat geldt pas vanaf {from}.',
      fr: 'Le certificat n’est valable qu’à partir du {from}.',
      de: 'Das Zertifikat gilt erst ab {from}.',
      en: 'The certificate holds only from {from}.',
    },
  },
  'certificate-expired': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Het certificaat is vervallen op {until}.',
      fr: 'Le certificat a expiré le {until}.',
      de: 'Das Zertifikat ist am {until} abgelaufen.',
      en: 'The certificate ran out on {until}.',
    },
  },
  'certificate-signer-outside-validity': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'De ondertekenaar was op dit moment niet geldig (van {from} tot {until}).',
      fr: 'Le signataire n’était pas valable à ce moment (du {from} au {until}).',
      de: 'Der Unterzeichner war zu diesem Zeitpunkt nicht gültig (von {from} bis {until}).',
      en: 'The signer was not valid at that moment (from {from} until {until}).',
    },
  },
  'certificate-revoked': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Het certificaat is ingetrokken door de uitgever.',
      fr: 'Le certificat a été révoqué par son émetteur.',
      de: 'Das Zertifikat wurde vom Aussteller widerrufen.',
      en: 'The certificate was revoked by its issuer.',
    },
  },
  'certificate-code-unknown': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'De code in {field} staat in geen waardelijst.',
      fr: 'Le code de {field} ne figure dans aucune liste de valeurs.',
      de: 'Der Code in {field} steht in keiner Werteliste.',
      en: 'The code in {field} is in no value set.',
    },
  },
  'certificate-rule-not-met': {
    status: 422,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'Aan de regel {rule} is niet voldaan.',
      fr: 'La règle {rule} n’est pas respectée.',
      de: 'Die Regel {rule} ist nicht erfüllt.',
      en: 'The rule {rule} is not met.',
    },
  },
  ...certificateIssueErrors,
} as const satisfies Record<string, ErrorRow>
