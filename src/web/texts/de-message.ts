import type { MessageTexts } from './nl-message.ts'
import { counter } from './plural.ts'

const count = counter('de')
const records = (n: number) => count(n, { one: 'Datensatz', other: 'Datensätze' })
const ofRecords = (n: number) => count(n, { one: 'Datensatz', other: 'Datensätzen' })
const are = (n: number) => (n === 1 ? 'ist' : 'sind')
/** Some of the records of a message; of one there is nothing to count. */
const some = (n: number, total: number) => (total === 1 ? 'Der Datensatz' : `${n} von ${ofRecords(total)}`)

export const deMessage: MessageTexts = {
  trace: {
    start: 'Eine Nachricht verfolgen',
    startHint: 'Geben Sie eine Empfangsnummer, die Nummer des Absenders oder eine Zertifikatsnummer ein.',
    search: 'Suchen',
    number: 'Nummer',
    acknowledged: (n) => (n === 1 ? 'Der Datensatz ist bestätigt' : `Alle ${records(n)} sind bestätigt`),
    passed: (n) =>
      n === 1
        ? 'Der Datensatz ist durchgelassen; weiter ist nichts zuzustellen'
        : `Alle ${records(n)} sind durchgelassen; weiter ist nichts zuzustellen`,
    noRecords: 'Gespeichert und gelesen; sie enthält keinen Datensatz',
    refused: (n, total) => `${some(n, total)} ${are(n)} abgelehnt`,
    waitingFor: (n, total, who) => `${some(n, total)} ${n === 1 ? 'wartet' : 'warten'} auf ${who}`,
    waitingHere: (n, total) => `${some(n, total)} ${n === 1 ? 'wartet' : 'warten'} im Hub`,
    withheld: (n, total) => `${some(n, total)} ${are(n)} zurückgehalten`,
    unreadable: 'Gespeichert, aber nicht lesbar',
    nothingInside: 'Gespeichert; noch nicht gelesen',
    onDisk: 'Auf einem Server gespeichert, noch nicht in der Datenbank',
    setAside: 'Auf einem Server gespeichert; die Datenbank nimmt sie nicht an',
    message: 'Nachricht',
    receipt: 'Empfangsnummer',
    receivedAt: 'Empfangen',
    senderId: 'Nummer des Absenders',
    hash: 'SHA-256 der Bytes',
    format: 'Format',
    size: 'Größe',
    custody: 'Verwahrung',
    record: (n) => `Datensatz ${n}`,
    happenedAt: { 'rapid-test': 'Probenahme', other: 'Zeitpunkt' },
    history: 'Was damit geschah',
    deliveries: 'Zustellungen',
    attempts: 'Versuche',
    nextTry: 'Nächster Versuch',
    lastSent: 'Zuletzt gesendet',
    theirNumber: 'Ihre Nummer dort',
    answer: 'Antwort',
    contentsOf: (n, total) =>
      `Diese Nachricht hat ${total} Datensätze. Von den ersten ${n} steht hier, was darin steht.`,
    fieldsOf: (n, total) =>
      `In ${total} Datensätzen dieser Nachricht stimmt etwas nicht. Von den ersten ${n} davon steht hier, in welchem Feld; von den anderen nur, was nicht stimmt.`,
    noDeliveries: 'Dieser Datensatz ist niemandem zuzustellen.',
    faults: 'Was nicht stimmt',
    certificate: 'Zertifikat',
    end: 'Weiter wird nichts erwartet.',
    untilReleased: 'Wartet auf Freigabe oder auf eine andere Regel.',
    later: (gap) => `nach ${gap}`,
    proof: 'Beleg',
    original: (time) => `ursprünglich ${time}`,
    chainBroken: 'Die Kette stimmt hier nicht. Melden Sie das sofort; ändern Sie nichts.',
    urgentTitle: 'Wartet ein Reisender?',
    urgentWhat:
      'Markieren Sie diese Nachricht als dringend. Sie geht in jeder Warteschlange vor, mit dem, was für dieselbe Person davor stand.',
    urgentButton: 'Als dringend markieren',
    isUrgent: (by) => `Als dringend markiert von ${by} um`,
  },
  said: {
    received: (time, receipt) => `Empfangen um ${time}. Empfangsnummer ${receipt}. Die Nachricht ist gespeichert.`,
    receivedSpooled: (time, receipt) =>
      `Empfangen um ${time}. Empfangsnummer ${receipt}. Die Nachricht liegt auf einem Server und geht weiter, sobald die Datenbank zurück ist.`,
    receivedSetAside: (time, receipt) =>
      `Empfangen um ${time}. Empfangsnummer ${receipt}. Die Nachricht liegt auf einem Server, denn die Datenbank wies sie ihrer selbst wegen ab. Sie bleibt dort, bis ein Betreiber handelt; nicht erneut senden.`,
    waiting: (since, who, expected) =>
      `Wartet seit ${since} auf ${who}. Versand gegen ${expected} erwartet. Sie müssen nichts tun; nicht erneut senden.`,
    waitingUnknown: (since, who, next) =>
      `Wartet seit ${since} auf ${who}. Wann ist noch nicht bekannt; nächste Meldung um ${next}. Nicht erneut senden.`,
    refused: 'Abgelehnt. Berichtigen Sie, was unten steht, und senden Sie erneut.',
    withheld: (since) => `Seit ${since} nicht gezeigt und nicht weitergeleitet. Der Datensatz ist gespeichert.`,
    certificateReady: (at) => `Das Zertifikat ist bereit (${at}). QR-Code zeigen oder drucken.`,
    nothingFound: (what, where) =>
      `Nichts gefunden zu ${what} in ${where}. Prüfen Sie die Nummer oder suchen Sie mit der Nummer des Absenders.`,
    couldNotLook: (where) =>
      `Auf der Platte von ${where} konnten wir nicht nachsehen, und dort liegen Nachrichten. Dass hier nichts steht, besagt also nichts.`,
    allServices: 'allen Diensten',
  },

  certificatePage: {
    kind: {
      test: 'Digitales COVID-Zertifikat der EU: Test',
      vaccination: 'Digitales COVID-Zertifikat der EU: Impfung',
      recovery: 'Digitales COVID-Zertifikat der EU: Genesung',
    },
    qr: 'QR-Code des Zertifikats',
    print: 'Drucken',
    name: 'Name',
    born: 'Geboren',
    result: 'Ergebnis',
    sampled: 'Probenahme',
    dose: 'Dosis',
    doseOf: (dose, doses) => `${dose} von ${doses}${dose > doses ? ' (Auffrischung)' : ''}`,
    vaccinated: 'Geimpft am',
    product: 'Produkt',
    issuer: 'Ausgestellt von',
    issued: 'Ausgestellt',
    expires: 'Gültig bis',
    identifier: 'Kennung',
    revoked: (time) => `Widerrufen um ${time}. Zeigen Sie dieses Zertifikat nicht mehr.`,
    verify: 'Prüfen Sie es mit jeder App für EU-Zertifikate.',
    trace: 'Die Nachricht verfolgen, aus der dieses Zertifikat kam',
  },
}
