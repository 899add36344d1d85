import { counter } from './plural.ts'

const count = counter('nl')
const records = (n: number) => count(n, { one: 'record', other: 'records' })
const are = (n: number) => (n === 1 ? 'is' : 'zijn')
/** Some of the records of a message; of one there is nothing to count. */
const some = (n: number, total: number) => (total === 1 ? 'Het record' : `${n} van ${records(total)}`)

/** The sentences of the pages of one message, and of its certificate. */
export const nlMessage = {
  // Trace.
  trace: {
    start: 'Volg een bericht',
    startHint: 'Geef een ontvangstnummer, het nummer van de afzender of een certificaatnummer.',
    search: 'Zoek',
    number: 'Nummer',
    acknowledged: (n: number) => (n === 1 ? 'Het record is bevestigd' : `Alle ${records(n)} zijn bevestigd`),
    passed: (n: number) =>
      n === 1
        ? 'Het record is doorgelaten; verder is niets verschuldigd'
        : `Alle ${records(n)} zijn doorgelaten; verder is niets verschuldigd`,
    noRecords: 'Bewaard en gelezen; er staat geen record in',
    refused: (n: number, total: number) => `${some(n, total)} ${are(n)} geweigerd`,
    waitingFor: (n: number, total: number, who: string) =>
      `${some(n, total)} ${n === 1 ? 'wacht' : 'wachten'} op ${who}`,
    waitingHere: (n: number, total: number) => `${some(n, total)} ${n === 1 ? 'wacht' : 'wachten'} in de hub`,
    withheld: (n: number, total: number) => `${some(n, total)} ${are(n)} ingehouden`,
    unreadable: 'Bewaard, maar niet te lezen',
    nothingInside: 'Bewaard; nog niet gelezen',
    onDisk: 'Bewaard op één server, nog niet in de database',
    setAside: 'Bewaard op één server; de database neemt het niet aan',
    message: 'Bericht',
    receipt: 'Ontvangstnummer',
    receivedAt: 'Ontvangen',
    senderId: 'Nummer van de afzender',
    hash: 'SHA-256 van de bytes',
    format: 'Vorm',
    size: 'Grootte',
    custody: 'Bewaring',
    record: (n: number) => `Record ${n}`,
    happenedAt: { 'rapid-test': 'Afname', other: 'Gebeurd' },
    history: 'Wat ermee gebeurde',
    deliveries: 'Leveringen',
    attempts: 'Pogingen',
    nextTry: 'Volgende poging',
    lastSent: 'Laatst verstuurd',
    theirNumber: 'Hun nummer',
    answer: 'Antwoord',
    contentsOf: (n: string, total: string) =>
      `Dit bericht heeft ${total} records. Van de eerste ${n} staat hier wat erin staat.`,
    fieldsOf: (n: string, total: string) =>
      `In ${total} records van dit bericht is iets fout. Van de eerste ${n} daarvan staat hier in welk veld; van de andere alleen wat er mis is.`,
    noDeliveries: 'Dit record is aan niemand verschuldigd.',
    faults: 'Wat er mis is',
    certificate: 'Certificaat',
    end: 'Verder wordt niets verwacht.',
    untilReleased: 'Wacht op vrijgave of op een andere regel.',
    later: (gap: string) => `na ${gap}`,
    proof: 'Bewijs',
    original: (time: string) => `oorspronkelijk ${time}`,
    chainBroken: 'De keten klopt hier niet. Meld dit meteen; wijzig niets.',
    urgentTitle: 'Een reiziger wacht?',
    urgentWhat:
      'Maak dit bericht dringend. Het gaat voor in elke wachtrij, met wat er voor dezelfde persoon vóór stond.',
    urgentButton: 'Maak dringend',
    isUrgent: (by: string) => `Dringend gemaakt door ${by} om`,
  },
  said: {
    received: (time: string, receipt: string) =>
      `Ontvangen om ${time}. Ontvangstnummer ${receipt}. Het bericht is bewaard.`,
    receivedSpooled: (time: string, receipt: string) =>
      `Ontvangen om ${time}. Ontvangstnummer ${receipt}. Het bericht staat op één server en gaat door zodra de database er weer is.`,
    receivedSetAside: (time: string, receipt: string) =>
      `Ontvangen om ${time}. Ontvangstnummer ${receipt}. Het bericht staat op één server, want de database weigerde het om wat het is. Het blijft daar tot een beheerder handelt; stuur niet opnieuw.`,
    waiting: (since: string, who: string, expected: string) =>
      `Wacht sinds ${since} op ${who}. Verwacht verstuurd rond ${expected}. U hoeft niets te doen; stuur niet opnieuw.`,
    waitingUnknown: (since: string, who: string, next: string) =>
      `Wacht sinds ${since} op ${who}. Wanneer is nog niet bekend; volgend bericht om ${next}. Stuur niet opnieuw.`,
    refused: 'Geweigerd. Verbeter wat hieronder staat en stuur opnieuw.',
    withheld: (since: string) => `Sinds ${since} niet getoond en niet doorgestuurd. Het record is bewaard.`,
    certificateReady: (at: string) => `Het certificaat is klaar (${at}). Toon de QR-code of druk af.`,
    nothingFound: (what: string, where: string) =>
      `Niets gevonden voor ${what} in ${where}. Controleer het nummer of zoek met het nummer van de afzender.`,
    couldNotLook: (where: string) =>
      `Op de schijf van ${where} konden we niet kijken, en daar liggen berichten. Dat hier niets staat, bewijst dus niets.`,
    allServices: 'alle diensten',
  },

  // Certificate.
  certificatePage: {
    kind: {
      test: 'EU Digitaal COVID-certificaat: test',
      vaccination: 'EU Digitaal COVID-certificaat: vaccinatie',
      recovery: 'EU Digitaal COVID-certificaat: herstel',
    },
    qr: 'QR-code van het certificaat',
    print: 'Druk af',
    name: 'Naam',
    born: 'Geboren',
    result: 'Uitslag',
    sampled: 'Afname',
    dose: 'Dosis',
    doseOf: (dose: number, doses: number) => `${dose} van ${doses}${dose > doses ? ' (booster)' : ''}`,
    vaccinated: 'Gevaccineerd op',
    product: 'Product',
    issuer: 'Uitgegeven door',
    issued: 'Uitgegeven',
    expires: 'Geldig tot',
    identifier: 'Nummer',
    revoked: (time: string) => `Herroepen om ${time}. Toon dit certificaat niet meer.`,
    verify: 'Controleer met elke app voor EU-certificaten.',
    trace: 'Volg het bericht waaruit dit certificaat kwam',
  },
}

export type MessageTexts = typeof nlMessage
