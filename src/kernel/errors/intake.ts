import type { ErrorRow } from './row.ts'

/** Handing over a message: what is turned away, refused, or a conflict. */
export const intakeErrors = {
  'content-type-unknown': {
    status: 415,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Het type {type} wordt hier niet gelezen. Stuur {accepted}.',
      fr: 'Le type {type} n’est pas lu ici. Envoyez {accepted}.',
      de: 'Der Typ {type} wird hier nicht gelesen. Senden Sie {accepted}.',
      en: 'The type {type} is not read here. Send {accepted}.',
    },
  },
  'content-type-missing': {
    status: 415,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De vraag noemt geen Content-Type. Er is niets bewaard. Stuur {accepted}.',
      fr: 'La demande n’indique pas de Content-Type. Rien n’est conservé. Envoyez {accepted}.',
      de: 'Die Anfrage nennt keinen Content-Type. Nichts ist gespeichert. Senden Sie {accepted}.',
      en: 'The request names no Content-Type. Nothing is stored. Send {accepted}.',
    },
  },
  'content-coded': {
    status: 415,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Een inhoud met Content-Encoding {coding} wordt hier niet uitgepakt. Er is niets bewaard. Stuur de bytes zoals ze zijn.',
      fr: 'Un contenu en Content-Encoding {coding} n’est pas décompressé ici. Rien n’est conservé. Envoyez les octets tels quels.',
      de: 'Ein Inhalt mit Content-Encoding {coding} wird hier nicht entpackt. Nichts ist gespeichert. Senden Sie die Bytes, wie sie sind.',
      en: 'Content with Content-Encoding {coding} is not unpacked here. Nothing is stored. Send the bytes as they are.',
    },
  },
  'method-other': {
    status: 405,
    temporary: false,
    actor: 'sender',
    text: {
      nl: '{path} kent geen {method}. Mogelijk: {methods}.',
      fr: '{path} ne connaît pas {method}. Possible : {methods}.',
      de: '{path} kennt kein {method}. Möglich: {methods}.',
      en: '{path} does not take {method}. Possible: {methods}.',
    },
  },
  'message-too-large': {
    status: 413,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Het bericht is groter dan {limit} bytes en is niet bewaard. Splits het.',
      fr: 'Le message dépasse {limit} octets et n’est pas conservé. Scindez-le.',
      de: 'Die Nachricht ist größer als {limit} Bytes und nicht gespeichert. Teilen Sie sie.',
      en: 'The message is larger than {limit} bytes and is not stored. Split it.',
    },
  },
  'request-too-large': {
    status: 413,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De vraag is groter dan {limit} bytes en is niet gelezen. Zoveel wordt hier niet aangenomen.',
      fr: 'La demande dépasse {limit} octets et n’a pas été lue. Cette adresse n’en accepte pas autant.',
      de: 'Die Anfrage ist größer als {limit} Bytes und wurde nicht gelesen. So viel wird hier nicht angenommen.',
      en: 'The request is larger than {limit} bytes and was not read. This address takes no more.',
    },
  },
  'message-empty': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Het bericht is leeg. Er is niets bewaard.',
      fr: 'Le message est vide. Rien n’est conservé.',
      de: 'Die Nachricht ist leer. Nichts ist gespeichert.',
      en: 'The message is empty. Nothing is stored.',
    },
  },
  'message-conflict': {
    status: 409,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Bericht {messageId} is eerder ontvangen met een andere inhoud (ontvangstnummer {receipt}). Beide zijn bewaard. Stuur een verbetering onder een nieuw nummer.',
      fr: 'Le message {messageId} a déjà été reçu avec un autre contenu (numéro de réception {receipt}). Les deux sont conservés. Envoyez une correction sous un nouveau numéro.',
      de: 'Nachricht {messageId} wurde bereits mit anderem Inhalt empfangen (Empfangsnummer {receipt}). Beide sind gespeichert. Senden Sie eine Korrektur unter einer neuen Nummer.',
      en: 'Message {messageId} was received earlier with other content (receipt {receipt}). Both are stored. Send a correction under a new number.',
    },
  },
  'intake-full': {
    status: 503,
    temporary: true,
    actor: 'sender',
    text: {
      nl: 'De ontvangst is vol. Dit bericht is niet bewaard. Stuur het over {seconds} seconden opnieuw.',
      fr: 'La réception est saturée. Ce message n’est pas conservé. Renvoyez-le dans {seconds} secondes.',
      de: 'Der Empfang ist ausgelastet. Diese Nachricht ist nicht gespeichert. Senden Sie sie in {seconds} Sekunden erneut.',
      en: 'The intake is full. This message is not stored. Send it again in {seconds} seconds.',
    },
  },
  'intake-stopping': {
    status: 503,
    temporary: true,
    actor: 'sender',
    text: {
      nl: 'Deze server stopt. Dit bericht is niet bewaard. Stuur het opnieuw.',
      fr: 'Ce serveur s’arrête. Ce message n’est pas conservé. Renvoyez-le.',
      de: 'Dieser Server hält an. Diese Nachricht ist nicht gespeichert. Senden Sie sie erneut.',
      en: 'This server is stopping. This message is not stored. Send it again.',
    },
  },
  'spool-full': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De database is weg en de noodopslag van deze server is vol. Dit bericht is niet bewaard. Stuur het later opnieuw.',
      fr: 'La base de données est absente et la réserve de ce serveur est pleine. Ce message n’est pas conservé. Renvoyez-le plus tard.',
      de: 'Die Datenbank fehlt und der Notspeicher dieses Servers ist voll. Diese Nachricht ist nicht gespeichert. Senden Sie sie später erneut.',
      en: 'The database is away and this server’s spool is full. This message is not stored. Send it again later.',
    },
  },
  'intake-elsewhere': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Deze server neemt geen berichten aan; andere van dezelfde hub wel. Dit bericht is niet bewaard. Stuur het opnieuw.',
      fr: 'Ce serveur ne reçoit pas de messages ; d’autres du même hub le font. Ce message n’est pas conservé. Renvoyez-le.',
      de: 'Dieser Server nimmt keine Nachrichten an; andere desselben Hubs schon. Diese Nachricht ist nicht gespeichert. Senden Sie sie erneut.',
      en: 'This server takes no messages; others of the same hub do. This message is not stored. Send it again.',
    },
  },
  'service-stopped': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De ontvangst voor {service} staat stil: {reason}. Dit bericht is niet bewaard. Stuur het later opnieuw.',
      fr: 'La réception pour {service} est arrêtée : {reason}. Ce message n’est pas conservé. Renvoyez-le plus tard.',
      de: 'Der Empfang für {service} steht still: {reason}. Diese Nachricht ist nicht gespeichert. Senden Sie sie später erneut.',
      en: 'The intake for {service} is stopped: {reason}. This message is not stored. Send it again later.',
    },
  },
  'receipt-unknown': {
    status: 404,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Niets gevonden voor {receipt}. Controleer het nummer.',
      fr: 'Rien trouvé pour {receipt}. Vérifiez le numéro.',
      de: 'Nichts gefunden zu {receipt}. Prüfen Sie die Nummer.',
      en: 'Nothing found for {receipt}. Check the number.',
    },
  },
  'message-lost': {
    status: 404,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De hub gaf {receipt} op {at} af op schijf van knooppunt {node}, en is het bericht daar kwijtgeraakt. Stuur het opnieuw, met hetzelfde nummer.',
      fr: 'Le hub a donné {receipt} le {at} sur le disque du nœud {node}, où le message s’est perdu. Envoyez-le de nouveau, avec le même numéro.',
      de: 'Der Hub gab {receipt} am {at} auf der Platte des Knotens {node} aus, und die Nachricht ging dort verloren. Senden Sie sie noch einmal, mit derselben Nummer.',
      en: 'The hub gave {receipt} at {at} on the disk of node {node}, where the message was lost. Send it again, with the same number.',
    },
  },
  'database-away': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De database antwoordt niet. Dit kan nu niet gelezen worden. Probeer het over {seconds} seconden.',
      fr: 'La base de données ne répond pas. Ceci ne peut être lu maintenant. Réessayez dans {seconds} secondes.',
      de: 'Die Datenbank antwortet nicht. Dies kann jetzt nicht gelesen werden. Versuchen Sie es in {seconds} Sekunden.',
      en: 'The database does not answer. This cannot be read now. Try again in {seconds} seconds.',
    },
  },
  'request-malformed': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De vraag kan niet gelezen worden: {why}.',
      fr: 'La demande ne peut être lue : {why}.',
      de: 'Die Anfrage kann nicht gelesen werden: {why}.',
      en: 'The request cannot be read: {why}.',
    },
  },
  'expectation-unknown': {
    status: 417,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De vraag verwacht (Expect) iets dat hier niet bestaat. Er is niets bewaard. Mogelijk: 100-continue.',
      fr: 'La demande attend (Expect) quelque chose qui n’existe pas ici. Rien n’est conservé. Possible : 100-continue.',
      de: 'Die Anfrage erwartet (Expect) etwas, das es hier nicht gibt. Nichts ist gespeichert. Möglich: 100-continue.',
      en: 'The request expects (Expect) something that is not there. Nothing is stored. Possible: 100-continue.',
    },
  },
  'not-found': {
    status: 404,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Hier staat niets: {path}.',
      fr: 'Il n’y a rien ici : {path}.',
      de: 'Hier ist nichts: {path}.',
      en: 'There is nothing here: {path}.',
    },
  },
  'format-unknown': {
    status: 500,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Deze server kent het formaat {format} niet. Het bericht is bewaard en wacht op een server die het kent.',
      fr: 'Ce serveur ne connaît pas le format {format}. Le message est conservé et attend un serveur qui le connaît.',
      de: 'Dieser Server kennt das Format {format} nicht. Die Nachricht ist gespeichert und wartet auf einen Server, der es kennt.',
      en: 'This server does not know the format {format}. The message is stored and waits for a server that does.',
    },
  },
  unexpected: {
    status: 500,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De server kon dit niet afmaken (spoor {trace}). Is een bericht niet bevestigd met een ontvangstnummer, stuur het dan opnieuw.',
      fr: 'Le serveur n’a pas pu terminer (trace {trace}). Si un message n’a pas reçu de numéro de réception, renvoyez-le.',
      de: 'Der Server konnte dies nicht abschließen (Spur {trace}). Ohne Empfangsnummer senden Sie die Nachricht erneut.',
      en: 'The server could not finish this (trace {trace}). If a message got no receipt, send it again.',
    },
  },
} as const satisfies Record<string, ErrorRow>
