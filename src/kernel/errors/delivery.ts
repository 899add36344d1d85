import type { ErrorRow } from './row.ts'

export const deliveryErrors = {
  'destination-unreadable': {
    status: 500,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Het bestemmings- of routebestand {file} is niet te lezen: {reason}. Verbeter het bestand en start opnieuw.',
      fr: 'Le fichier de destination ou de route {file} est illisible : {reason}. Corrigez le fichier et redémarrez.',
      de: 'Die Ziel- oder Routendatei {file} ist nicht lesbar: {reason}. Korrigieren Sie die Datei und starten Sie neu.',
      en: 'The destination or route file {file} cannot be read: {reason}. Correct the file and start again.',
    },
  },
  'pause-without-reason': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Een pauze heeft een reden en een eigenaar nodig. Vul beide in.',
      fr: 'Une pause demande un motif et un responsable. Indiquez les deux.',
      de: 'Eine Pause braucht einen Grund und einen Verantwortlichen. Geben Sie beide an.',
      en: 'A pause needs a reason and an owner. Give both.',
    },
  },
  'pause-not-running': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Pauze {pause} is al beëindigd. Er is niets meer te doen.',
      fr: 'La pause {pause} est déjà terminée. Il n’y a plus rien à faire.',
      de: 'Pause {pause} ist schon beendet. Es ist nichts mehr zu tun.',
      en: 'Pause {pause} has already ended. There is nothing left to do.',
    },
  },
  'pause-unknown': {
    status: 404,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Er is geen pauze {pause}. Kijk welke er lopen, en kies haar nummer.',
      fr: 'Il n’y a pas de pause {pause}. Voyez lesquelles sont en cours et choisissez son numéro.',
      de: 'Eine Pause {pause} gibt es nicht. Sehen Sie nach, welche laufen, und wählen Sie deren Nummer.',
      en: 'There is no pause {pause}. See which are running, and choose the number of one.',
    },
  },
  'replay-without-reason': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Opnieuw versturen heeft een reden, een eigenaar en een tempo nodig. Vul alle drie in.',
      fr: 'Un renvoi demande un motif, un responsable et un rythme. Indiquez les trois.',
      de: 'Ein erneuter Versand braucht einen Grund, einen Verantwortlichen und ein Tempo. Geben Sie alle drei an.',
      en: 'A replay needs a reason, an owner and a pace. Give all three.',
    },
  },
  'replay-empty': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'In deze keuze zit niets voor {destination}. Kies een andere tijd, afzender of stand.',
      fr: 'Ce choix ne contient rien pour {destination}. Choisissez une autre période, un autre expéditeur ou un autre état.',
      de: 'Diese Auswahl enthält nichts für {destination}. Wählen Sie eine andere Zeit, einen anderen Absender oder Stand.',
      en: 'This choice holds nothing for {destination}. Choose another time, sender or state.',
    },
  },
  'replay-not-running': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Opnieuw versturen {replay} loopt niet meer. De telling staat op de pagina ervan.',
      fr: 'Le renvoi {replay} ne tourne plus. Son décompte se trouve sur sa page.',
      de: 'Der erneute Versand {replay} läuft nicht mehr. Seine Zählung steht auf seiner Seite.',
      en: 'Replay {replay} is no longer running. Its count sheet is on its page.',
    },
  },
} as const satisfies Record<string, ErrorRow>
