import type { Language } from '../../kernel/language.ts'
import { counter } from './plural.ts'

const count = { nl: counter('nl'), fr: counter('fr'), de: counter('de'), en: counter('en') }

const nl = {
  reasonShort: 'De reden is korter dan 10 tekens. Er is niets gewijzigd.',
  refusedUnexplained: 'De bestemming gaf alleen deze code.',
  pausedMark: (who: string, why: string) => `gepauzeerd door ${who}: ${why}`,
  byCommand: (account: string) => `${account} (opdrachtregel)`,
  resumedMark: 'hervat',
  acts: {
    pause: (what: string) => `Pauzeer ${what}`,
    resume: (what: string) => `Hervat ${what}`,
    undoPause: 'Hervatten kan op elk moment op de bladzijde van de bestemming.',
    forwarding: 'Doorsturen',
    forwardingOf: (what: string) => `doorsturen van ${what}`,
    forwardingGoes: 'Alles wordt doorgestuurd.',
    pauseEverywhere: (waiting: string) =>
      `Er gaat niets meer weg, naar geen enkele bestemming. Wat wacht, blijft in de wachtrij en gaat bij hervatten in dezelfde volgorde: ${waiting}.`,
    pausePart: (kind: string, waiting: string) =>
      `Van de soort ${kind} gaat niets meer naar deze bestemming; andere soorten gaan door. Wat wacht, blijft in de wachtrij en gaat bij hervatten in dezelfde volgorde: ${waiting}.`,
    pausePartEverywhere: (kind: string, waiting: string) =>
      `Van de soort ${kind} gaat niets meer weg, naar geen enkele bestemming; andere soorten gaan door. Wat wacht, blijft in de wachtrij en gaat bij hervatten in dezelfde volgorde: ${waiting}.`,
    pauseOneKind: 'Kiest u één soort, dan gaan de andere door.',
    wholeService: 'de hele dienst',
    undoForwarding: 'Hervatten kan op elk moment, hier of op de bladzijde van een bestemming.',
    undoResume: 'Pauzeren kan opnieuw; wat dan al verstuurd is, blijft verstuurd.',
    resumeEverywhere: 'Deze pauze geldt voor alle bestemmingen. Ze eindigt overal.',
    undoClose: 'Openen kan op elk moment op de bladzijde van de dienst.',
    undoOpen: 'Sluiten kan opnieuw; wat dan al ontvangen is, blijft bewaard.',
    undoUrgent: 'Dringend blijft dringend tot het record bevestigd is. Er gaat niets verloren.',
  },
  replayFaults: {
    destination: 'Kies een bestemming uit de lijst.',
    moment: 'Geef dag en uur, bijvoorbeeld 2026-07-01 09:30.',
    order: 'Tot ligt vóór vanaf. Kies een later einde.',
    sender: 'Geen afzender heeft dit clientnummer.',
    pace: 'Kies 1 tot 10.000 per seconde.',
  },
  purpose: {
    title: 'Waarvoor bekijkt u dit?',
    what: 'Dit hoort bij een persoon. Uw naam, het tijdstip en de reden worden opgeschreven.',
    label: 'Reden',
    button: 'Toon',
  },
  content: {
    open: 'Bekijk de inhoud',
    shown: 'Inhoud, nu eenmalig getoond en opgeschreven',
    insz: 'INSZ',
    pharmacy: 'Apotheek',
    fact: 'Feit',
    lot: (lot: string) => `lot ${lot}`,
  },
  several: (number: string) => `Meer dan één afzender gebruikte nummer ${number}. Kies het ontvangstnummer.`,
  conflict: 'Bewaard, maar dit nummer was al gebruikt voor andere inhoud',
  conflictWith: 'Eerder ontvangen onder dit nummer',
  unreadNow: (n: number) => `${count.nl(n, { one: 'bericht wacht', other: 'berichten wachten' })} op lezing`,
  unreadNone: 'Alles wat ontvangen is, is gelezen.',
  unreadableToday: 'Vandaag niet te lezen',
  wholeService: (name: string) => `heel ${name}`,
  missing: 'Ontvangstnummers zonder bericht',
  missingWhat:
    'Deze nummers gaf een server terwijl de database weg was; het bericht is daarna nooit aangekomen. Wat nooit meer komt, sluit u af met sluis node --lost.',
  waitingOnly: (since: string, who: string) =>
    `Wacht sinds ${since} op ${who}. Wanneer het aan de beurt is, is nog niet bekend. Stuur niet opnieuw.`,
  waitingInside: (since: string) => `Wacht sinds ${since} in de hub op de volgende stap. U hoeft niets te doen.`,
  waitingReplaced: (since: string, messageId: string) =>
    `Wacht sinds ${since} op wat het vervangt: van bericht ${messageId} van deze afzender is nog geen record aanvaard dat het kan vervangen.`,
  noLimit: 'geen vaste grens',
  notMeasured: 'In dit venster is nog niets gemeten.',
  refusedThere: (n: number, total: number) =>
    total === 1
      ? 'Het record is geweigerd door de bestemming'
      : `${n} van ${total} records geweigerd door de bestemming`,
}

export type MoreTexts = typeof nl

const fr: MoreTexts = {
  reasonShort: 'Le motif compte moins de 10 caractères. Rien n’est modifié.',
  refusedUnexplained: 'Le destinataire n’a donné que ce code.',
  pausedMark: (who, why) => `mis en pause par ${who} : ${why}`,
  byCommand: (account) => `${account} (ligne de commande)`,
  resumedMark: 'repris',
  acts: {
    pause: (what) => `Mettre en pause ${what}`,
    resume: (what) => `Reprendre ${what}`,
    undoPause: 'La reprise est possible à tout moment sur la page du destinataire.',
    forwarding: 'Transmission',
    forwardingOf: (what) => `la transmission de ${what}`,
    forwardingGoes: 'Tout est transmis.',
    pauseEverywhere: (waiting) =>
      `Plus rien ne part, vers aucun destinataire. Ce qui attend reste dans la file et partira dans le même ordre à la reprise : ${waiting}.`,
    pausePart: (kind, waiting) =>
      `Plus rien du type ${kind} ne part vers ce destinataire ; les autres types continuent. Ce qui attend reste dans la file et partira dans le même ordre à la reprise : ${waiting}.`,
    pausePartEverywhere: (kind, waiting) =>
      `Plus rien du type ${kind} ne part, vers aucun destinataire ; les autres types continuent. Ce qui attend reste dans la file et partira dans le même ordre à la reprise : ${waiting}.`,
    pauseOneKind: 'Si vous choisissez un type, les autres continuent.',
    wholeService: 'tout le service',
    undoForwarding: 'La reprise est possible à tout moment, ici ou sur la page d’un destinataire.',
    undoResume: 'Une nouvelle pause est possible ; ce qui est envoyé le reste.',
    resumeEverywhere: 'Cette pause vaut pour tous les destinataires. Elle prend fin partout.',
    undoClose: 'La réouverture est possible à tout moment sur la page du service.',
    undoOpen: 'Une nouvelle fermeture est possible ; ce qui est reçu reste conservé.',
    undoUrgent: 'L’urgence vaut jusqu’à la confirmation de l’enregistrement. Rien ne se perd.',
  },
  replayFaults: {
    destination: 'Choisissez un destinataire de la liste.',
    moment: 'Donnez le jour et l’heure, par exemple 2026-07-01 09:30.',
    order: 'La fin précède le début. Choisissez une fin plus tardive.',
    sender: 'Aucun expéditeur ne porte ce numéro de client.',
    pace: 'Choisissez de 1 à 10 000 par seconde.',
  },
  purpose: {
    title: 'Pourquoi consultez-vous ceci ?',
    what: 'Ceci concerne une personne. Votre nom, l’heure et le motif sont consignés.',
    label: 'Motif',
    button: 'Afficher',
  },
  content: {
    open: 'Consulter le contenu',
    shown: 'Contenu, affiché une seule fois et consigné',
    insz: 'NISS',
    pharmacy: 'Pharmacie',
    fact: 'Fait',
    lot: (lot) => `lot ${lot}`,
  },
  several: (number) => `Plusieurs expéditeurs ont utilisé le numéro ${number}. Choisissez le numéro de réception.`,
  conflict: 'Conservé, mais ce numéro avait déjà servi pour un autre contenu',
  conflictWith: 'Reçu auparavant sous ce numéro',
  unreadNow: (n) => `${count.fr(n, { one: 'message attend', other: 'messages attendent' })} la lecture`,
  unreadNone: 'Tout ce qui est reçu est lu.',
  unreadableToday: 'Illisibles aujourd’hui',
  wholeService: (name) => `tout ${name}`,
  missing: 'Numéros de réception sans message',
  missingWhat:
    'Un serveur a donné ces numéros pendant l’absence de la base de données ; le message n’est jamais arrivé ensuite. Ce qui ne viendra plus, réglez-le par sluis node --lost.',
  waitingOnly: (since, who) =>
    `En attente de ${who} depuis ${since}. Le moment de l’envoi n’est pas encore connu. Ne renvoyez pas.`,
  waitingInside: (since) => `En attente dans le hub depuis ${since}. Vous n’avez rien à faire.`,
  waitingReplaced: (since, messageId) =>
    `Attend depuis ${since} ce qu’il remplace : aucun enregistrement du message ${messageId} de cet expéditeur qu’il peut remplacer n’a encore été accepté.`,
  noLimit: 'sans limite fixe',
  notMeasured: 'Rien n’a encore été mesuré dans cette fenêtre.',
  refusedThere: (n, total) =>
    total === 1
      ? 'L’enregistrement est refusé par le destinataire'
      : `${n} des ${total} enregistrements refusé${n === 1 ? '' : 's'} par le destinataire`,
}

const de: MoreTexts = {
  reasonShort: 'Der Grund hat weniger als 10 Zeichen. Nichts ist geändert.',
  refusedUnexplained: 'Der Empfänger nannte nur diesen Code.',
  pausedMark: (who, why) => `angehalten von ${who}: ${why}`,
  byCommand: (account) => `${account} (Befehlszeile)`,
  resumedMark: 'fortgesetzt',
  acts: {
    pause: (what) => `${what} anhalten`,
    resume: (what) => `${what} fortsetzen`,
    undoPause: 'Fortsetzen ist jederzeit auf der Seite des Empfängers möglich.',
    forwarding: 'Weiterleitung',
    forwardingOf: (what) => `Weiterleitung von ${what}`,
    forwardingGoes: 'Alles wird weitergeleitet.',
    pauseEverywhere: (waiting) =>
      `Es geht nichts mehr ab, an keinen Empfänger. Was wartet, bleibt in der Warteschlange und geht beim Fortsetzen in derselben Reihenfolge: ${waiting}.`,
    pausePart: (kind, waiting) =>
      `Von der Art ${kind} geht nichts mehr an diesen Empfänger; andere Arten gehen weiter. Was wartet, bleibt in der Warteschlange und geht beim Fortsetzen in derselben Reihenfolge: ${waiting}.`,
    pausePartEverywhere: (kind, waiting) =>
      `Von der Art ${kind} geht nichts mehr ab, an keinen Empfänger; andere Arten gehen weiter. Was wartet, bleibt in der Warteschlange und geht beim Fortsetzen in derselben Reihenfolge: ${waiting}.`,
    pauseOneKind: 'Wählen Sie eine Art, gehen die anderen weiter.',
    wholeService: 'der ganze Dienst',
    undoForwarding: 'Fortsetzen ist jederzeit möglich, hier oder auf der Seite eines Empfängers.',
    undoResume: 'Anhalten ist erneut möglich; was gesendet ist, bleibt gesendet.',
    resumeEverywhere: 'Das gilt für alle Empfänger. Es endet überall.',
    undoClose: 'Öffnen ist jederzeit auf der Seite des Dienstes möglich.',
    undoOpen: 'Schließen ist erneut möglich; was empfangen ist, bleibt gespeichert.',
    undoUrgent: 'Dringend bleibt es bis zur Bestätigung des Datensatzes. Nichts geht verloren.',
  },
  replayFaults: {
    destination: 'Wählen Sie einen Empfänger aus der Liste.',
    moment: 'Geben Sie Tag und Uhrzeit an, zum Beispiel 2026-07-01 09:30.',
    order: 'Das Ende liegt vor dem Anfang. Wählen Sie ein späteres Ende.',
    sender: 'Kein Absender hat diese Client-Nummer.',
    pace: 'Wählen Sie 1 bis 10.000 je Sekunde.',
  },
  purpose: {
    title: 'Wofür sehen Sie dies an?',
    what: 'Dies gehört zu einer Person. Ihr Name, die Zeit und der Grund werden aufgeschrieben.',
    label: 'Grund',
    button: 'Anzeigen',
  },
  content: {
    open: 'Inhalt ansehen',
    shown: 'Inhalt, jetzt einmal gezeigt und aufgeschrieben',
    insz: 'INSZ',
    pharmacy: 'Apotheke',
    fact: 'Tatsache',
    lot: (lot) => `Charge ${lot}`,
  },
  several: (number) => `Mehrere Absender haben die Nummer ${number} verwendet. Wählen Sie die Empfangsnummer.`,
  conflict: 'Gespeichert, aber diese Nummer war schon für anderen Inhalt verwendet',
  conflictWith: 'Früher unter dieser Nummer empfangen',
  unreadNow: (n) => `${count.de(n, { one: 'Nachricht wartet', other: 'Nachrichten warten' })} auf das Lesen`,
  unreadNone: 'Alles Empfangene ist gelesen.',
  unreadableToday: 'Heute nicht lesbar',
  wholeService: (name) => `ganz ${name}`,
  missing: 'Empfangsnummern ohne Nachricht',
  missingWhat:
    'Diese Nummern gab ein Server, während die Datenbank fehlte; die Nachricht ist danach nie angekommen. Was nie mehr kommt, schließen Sie mit sluis node --lost ab.',
  waitingOnly: (since, who) =>
    `Wartet seit ${since} auf ${who}. Wann es an der Reihe ist, ist noch nicht bekannt. Nicht erneut senden.`,
  waitingInside: (since) => `Wartet seit ${since} im Hub auf den nächsten Schritt. Sie müssen nichts tun.`,
  waitingReplaced: (since, messageId) =>
    `Wartet seit ${since} auf das, was es ersetzt: Von Nachricht ${messageId} dieses Absenders ist noch kein Datensatz angenommen, den es ersetzen kann.`,
  noLimit: 'keine feste Grenze',
  notMeasured: 'In diesem Zeitraum ist noch nichts gemessen.',
  refusedThere: (n, total) =>
    total === 1 ? 'Der Datensatz ist vom Empfänger abgelehnt' : `${n} von ${total} Datensätzen vom Empfänger abgelehnt`,
}

const en: MoreTexts = {
  reasonShort: 'The reason is shorter than 10 characters. Nothing has changed.',
  refusedUnexplained: 'The destination gave this code and nothing more.',
  pausedMark: (who, why) => `paused by ${who}: ${why}`,
  byCommand: (account) => `${account} (command line)`,
  resumedMark: 'resumed',
  acts: {
    pause: (what) => `Pause ${what}`,
    resume: (what) => `Resume ${what}`,
    undoPause: 'It can be resumed at any moment on the page of the destination.',
    forwarding: 'Forwarding',
    forwardingOf: (what) => `forwarding of ${what}`,
    forwardingGoes: 'Everything is forwarded.',
    pauseEverywhere: (waiting) =>
      `Nothing leaves any more, for any destination. What waits stays in the queue and goes in the same order when it is resumed: ${waiting}.`,
    pausePart: (kind, waiting) =>
      `Nothing more of the kind ${kind} goes to this destination; other kinds still go. What waits stays in the queue and goes in the same order when it is resumed: ${waiting}.`,
    pausePartEverywhere: (kind, waiting) =>
      `Nothing more of the kind ${kind} leaves, for any destination; other kinds still go. What waits stays in the queue and goes in the same order when it is resumed: ${waiting}.`,
    pauseOneKind: 'If you choose one kind, the others still go.',
    wholeService: 'the whole service',
    undoForwarding: 'It can be resumed at any moment, here or on the page of a destination.',
    undoResume: 'It can be paused again; what has been sent by then stays sent.',
    resumeEverywhere: 'This pause holds for all destinations. It ends everywhere.',
    undoClose: 'It can be opened at any moment on the page of the service.',
    undoOpen: 'It can be closed again; what has been received by then stays stored.',
    undoUrgent: 'Urgent stays urgent until the record is acknowledged. Nothing is lost by it.',
  },
  replayFaults: {
    destination: 'Choose a destination from the list.',
    moment: 'Give day and hour, for example 2026-07-01 09:30.',
    order: 'The end lies before the beginning. Choose a later end.',
    sender: 'No sender has this client number.',
    pace: 'Choose 1 to 10,000 a second.',
  },
  purpose: {
    title: 'What do you look at this for?',
    what: 'This belongs to a person. Your name, the time and the purpose are written down.',
    label: 'Purpose',
    button: 'Show',
  },
  content: {
    open: 'Look at the content',
    shown: 'Content, shown once now and written down',
    insz: 'INSZ',
    pharmacy: 'Pharmacy',
    fact: 'Fact',
    lot: (lot) => `lot ${lot}`,
  },
  several: (number) => `More than one sender used number ${number}. Choose the receipt.`,
  conflict: 'Stored, but this number had been used for other content',
  conflictWith: 'Received earlier under this number',
  unreadNow: (n) => `${count.en(n, { one: 'message waits', other: 'messages wait' })} to be read`,
  unreadNone: 'All that was received has been read.',
  unreadableToday: 'Not readable today',
  wholeService: (name) => `all of ${name}`,
  missing: 'Receipts without a message',
  missingWhat:
    'A server gave these receipts while the database was away; the message never arrived afterwards. What never comes is settled with sluis node --lost.',
  waitingOnly: (since, who) =>
    `Waiting for ${who} since ${since}. When its turn comes is not known yet. Do not send again.`,
  waitingInside: (since) => `Waiting in the hub for its next step since ${since}. Nothing to do.`,
  waitingReplaced: (since, messageId) =>
    `Waiting since ${since} for what it replaces: no record of message ${messageId} of this sender that it can replace has been accepted yet.`,
  noLimit: 'no fixed limit',
  notMeasured: 'Nothing has been measured in this window yet.',
  refusedThere: (n, total) =>
    total === 1 ? 'The record is refused by the destination' : `${n} of ${total} records refused by the destination`,
}

/** Sentences of acts, purposes and messages in every language. */
export const moreTexts: Readonly<Record<Language, MoreTexts>> = { nl, fr, de, en }
