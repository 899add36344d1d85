import type { ErrorRow } from './row.ts'

/** Which systems may come in: clients, their keys and tokens, and what destinations tell us. */
export const accessErrors = {
  'token-missing': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Deze vraag heeft geen toegangstoken. Haal er een op het token-eindpunt en stuur hem mee als Authorization: Bearer.',
      fr: 'Cette demande ne porte pas de jeton d’accès. Obtenez-en un au point de terminaison des jetons et joignez-le comme Authorization: Bearer.',
      de: 'Diese Anfrage trägt kein Zugriffstoken. Holen Sie eines am Token-Endpunkt und senden Sie es als Authorization: Bearer mit.',
      en: 'This request carries no access token. Get one at the token endpoint and send it as Authorization: Bearer.',
    },
  },
  'token-unknown': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit toegangstoken is niet door deze hub ondertekend of is beschadigd. Haal een nieuw token.',
      fr: 'Ce jeton d’accès n’est pas signé par ce hub ou est abîmé. Demandez un nouveau jeton.',
      de: 'Dieses Zugriffstoken ist nicht von diesem Hub signiert oder beschädigt. Holen Sie ein neues Token.',
      en: 'This access token is not signed by this hub or is damaged. Get a new token.',
    },
  },
  'token-expired': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit toegangstoken is {seconds} seconden geleden verlopen. Haal een nieuw token en stuur opnieuw.',
      fr: 'Ce jeton d’accès a expiré il y a {seconds} secondes. Demandez un nouveau jeton et renvoyez.',
      de: 'Dieses Zugriffstoken ist seit {seconds} Sekunden abgelaufen. Holen Sie ein neues Token und senden Sie erneut.',
      en: 'This access token expired {seconds} seconds ago. Get a new token and send again.',
    },
  },
  'token-not-ours': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit token is voor iets anders bestemd ({what} is hier niet {expected}). Stuur een toegangstoken van deze hub.',
      fr: 'Ce jeton est destiné à autre chose ({what} n’est pas {expected} ici). Envoyez un jeton d’accès de ce hub.',
      de: 'Dieses Token ist für etwas anderes bestimmt ({what} ist hier nicht {expected}). Senden Sie ein Zugriffstoken dieses Hubs.',
      en: 'This token is meant for something else ({what} is not {expected} here). Send an access token of this hub.',
    },
  },
  'client-unknown': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client {clientId} is hier niet ingeschreven. Controleer de naam of laat de client inschrijven.',
      fr: 'Le client {clientId} n’est pas inscrit ici. Vérifiez le nom ou faites inscrire le client.',
      de: 'Der Client {clientId} ist hier nicht eingetragen. Prüfen Sie den Namen oder lassen Sie den Client eintragen.',
      en: 'The client {clientId} is not registered here. Check the name or have the client registered.',
    },
  },
  'client-ended': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De toegang van client {clientId} is beëindigd op {since}. Neem contact op met de beheerder van de hub.',
      fr: 'L’accès du client {clientId} a pris fin le {since}. Contactez le gestionnaire du hub.',
      de: 'Der Zugang des Clients {clientId} endete am {since}. Wenden Sie sich an den Betreiber des Hubs.',
      en: 'The access of client {clientId} ended on {since}. Contact the operator of the hub.',
    },
  },
  'client-unknown-now': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Deze server kent deze client nog niet en kan dat nu niet nagaan. Er is niets bewaard. Stuur het over {seconds} seconden opnieuw.',
      fr: 'Ce serveur ne connaît pas encore ce client et ne peut pas le vérifier maintenant. Rien n’est conservé. Renvoyez dans {seconds} secondes.',
      de: 'Dieser Server kennt diesen Client noch nicht und kann das jetzt nicht prüfen. Nichts ist gespeichert. Senden Sie in {seconds} Sekunden erneut.',
      en: 'This server does not know this client yet and cannot check that now. Nothing is stored. Send again in {seconds} seconds.',
    },
  },
  'client-id-taken': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Er is al een client {clientId}. Kies een andere naam; die van een beëindigde client komt niet vrij.',
      fr: 'Un client {clientId} existe déjà. Choisissez un autre nom ; celui d’un client terminé n’est pas libéré.',
      de: 'Einen Client {clientId} gibt es schon. Wählen Sie einen anderen Namen; der eines beendeten Clients wird nicht frei.',
      en: 'There is a client {clientId} already. Choose another name; that of an ended client is not given out again.',
    },
  },
  'client-key-unusable': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Deze sleutel kan hier niet dienen: {why}. Geef 1 tot 8 publieke JWK’s: EC P-256 of P-384, Ed25519, of RSA vanaf 2048 bits.',
      fr: 'Cette clé ne peut servir ici : {why}. Donnez 1 à 8 JWK publiques : EC P-256 ou P-384, Ed25519, ou RSA dès 2048 bits.',
      de: 'Dieser Schlüssel kann hier nicht dienen: {why}. Geben Sie 1 bis 8 öffentliche JWKs an: EC P-256 oder P-384, Ed25519 oder RSA ab 2048 Bit.',
      en: 'This key cannot be used here: {why}. Give 1 to 8 public JWKs: EC P-256 or P-384, Ed25519, or RSA from 2048 bits.',
    },
  },
  'client-key-private': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit is een geheime sleutel (een JWK met d). Hij is nu niet geheim meer: maak een nieuw sleutelpaar en geef alleen de publieke helft.',
      fr: 'Ceci est une clé privée (une JWK avec d). Elle n’est plus secrète : créez une nouvelle paire et ne donnez que la moitié publique.',
      de: 'Dies ist ein privater Schlüssel (ein JWK mit d). Er ist nun nicht mehr geheim: Erstellen Sie ein neues Paar und geben Sie nur die öffentliche Hälfte.',
      en: 'This is a private key (a JWK with d). It is no secret any more: make a new pair and give its public half only.',
    },
  },
  'token-request-malformed': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De aanvraag van een token kan niet gelezen worden: {why}.',
      fr: 'La demande de jeton ne peut être lue : {why}.',
      de: 'Die Token-Anfrage kann nicht gelesen werden: {why}.',
      en: 'The token request cannot be read: {why}.',
    },
  },
  'grant-unsupported': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Hier wordt alleen grant_type client_credentials gegeven, met private_key_jwt.',
      fr: 'Seul grant_type client_credentials est accepté ici, avec private_key_jwt.',
      de: 'Hier gilt nur grant_type client_credentials mit private_key_jwt.',
      en: 'Only grant_type client_credentials with private_key_jwt is given here.',
    },
  },
  'assertion-algorithm': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client_assertion is ondertekend met {alg}. Onderteken met een van: {accepted}.',
      fr: 'La client_assertion est signée avec {alg}. Signez avec : {accepted}.',
      de: 'Die client_assertion ist mit {alg} signiert. Signieren Sie mit einem von: {accepted}.',
      en: 'The client_assertion is signed with {alg}. Sign with one of: {accepted}.',
    },
  },
  'assertion-signature': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De handtekening van de client_assertion past bij geen sleutel van client {clientId}. Controleer de sleutel en zijn kid.',
      fr: 'La signature de la client_assertion ne correspond à aucune clé du client {clientId}. Vérifiez la clé et son kid.',
      de: 'Die Signatur der client_assertion passt zu keinem Schlüssel des Clients {clientId}. Prüfen Sie den Schlüssel und seine kid.',
      en: 'The signature of the client_assertion fits no key of client {clientId}. Check the key and its kid.',
    },
  },
  'assertion-claim': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'In de client_assertion moet {claim} gelijk zijn aan: {expected}.',
      fr: 'Dans la client_assertion, {claim} doit être : {expected}.',
      de: 'In der client_assertion muss {claim} lauten: {expected}.',
      en: 'In the client_assertion {claim} must be: {expected}.',
    },
  },
  'assertion-jti': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client_assertion heeft een jti nodig: een tekst van 1 tot {max} leesbare tekens, voor elke aanvraag een andere.',
      fr: 'La client_assertion doit porter un jti : un texte de 1 à {max} caractères lisibles, différent pour chaque demande.',
      de: 'Die client_assertion braucht eine jti: einen Text von 1 bis {max} lesbaren Zeichen, für jede Anfrage einen anderen.',
      en: 'The client_assertion needs a jti: a text of 1 to {max} readable characters, another one for each request.',
    },
  },
  'assertion-time': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'In de client_assertion moet {claim} een getal zijn, in seconden sinds 1970. exp is verplicht en hoogstens {limit} seconden vooruit.',
      fr: 'Dans la client_assertion, {claim} doit être un nombre, en secondes depuis 1970. exp est obligatoire, au plus {limit} secondes à l’avance.',
      de: 'In der client_assertion muss {claim} eine Zahl sein, in Sekunden seit 1970. exp ist nötig und liegt höchstens {limit} Sekunden voraus.',
      en: 'In the client_assertion {claim} must be a number, in seconds since 1970. exp is required and at most {limit} seconds ahead.',
    },
  },
  'assertion-expired': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client_assertion is {seconds} seconden geleden verlopen; {tolerance} seconden verschil worden aanvaard. Het is hier {now}. Zet de klok gelijk en maak een nieuwe.',
      fr: 'La client_assertion a expiré il y a {seconds} secondes ; {tolerance} secondes d’écart sont admises. Il est ici {now}. Réglez l’horloge et créez-en une nouvelle.',
      de: 'Die client_assertion ist seit {seconds} Sekunden abgelaufen; {tolerance} Sekunden Abweichung gelten. Hier ist es {now}. Stellen Sie die Uhr und erstellen Sie eine neue.',
      en: 'The client_assertion expired {seconds} seconds ago; a difference of {tolerance} seconds is accepted. It is {now} here. Set the clock and make a new one.',
    },
  },
  'assertion-early': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client_assertion is gemaakt {seconds} seconden in de toekomst; {tolerance} seconden verschil worden aanvaard. Het is hier {now}. Zet de klok gelijk.',
      fr: 'La client_assertion est datée de {seconds} secondes dans le futur ; {tolerance} secondes d’écart sont admises. Il est ici {now}. Réglez l’horloge.',
      de: 'Die client_assertion liegt {seconds} Sekunden in der Zukunft; {tolerance} Sekunden Abweichung gelten. Hier ist es {now}. Stellen Sie die Uhr.',
      en: 'The client_assertion was made {seconds} seconds in the future; a difference of {tolerance} seconds is accepted. It is {now} here. Set the clock.',
    },
  },
  'assertion-too-long': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De client_assertion geldt nog {seconds} seconden; hoogstens {limit} worden aanvaard. Kies een exp die dichter bij is. Het is hier {now}.',
      fr: 'La client_assertion vaut encore {seconds} secondes ; {limit} au plus sont admises. Choisissez un exp plus proche. Il est ici {now}.',
      de: 'Die client_assertion gilt noch {seconds} Sekunden; höchstens {limit} gelten. Wählen Sie ein näheres exp. Hier ist es {now}.',
      en: 'The client_assertion is good for {seconds} more seconds; at most {limit} are accepted. Choose a nearer exp. It is {now} here.',
    },
  },
  'assertion-used': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Deze client_assertion is al gebruikt. Maak voor elke aanvraag een nieuwe, met een eigen jti.',
      fr: 'Cette client_assertion a déjà servi. Créez-en une nouvelle pour chaque demande, avec son propre jti.',
      de: 'Diese client_assertion wurde schon verwendet. Erstellen Sie für jede Anfrage eine neue mit eigener jti.',
      en: 'This client_assertion was used before. Make a new one for each request, with a jti of its own.',
    },
  },
  'token-requests-full': {
    status: 503,
    temporary: true,
    actor: 'sender',
    text: {
      nl: 'Er worden nu te veel tokens gevraagd. Probeer het over {seconds} seconden; een token blijft {life} seconden bruikbaar.',
      fr: 'Trop de jetons sont demandés en ce moment. Réessayez dans {seconds} secondes ; un jeton sert {life} secondes.',
      de: 'Zurzeit werden zu viele Token angefragt. Versuchen Sie es in {seconds} Sekunden; ein Token gilt {life} Sekunden.',
      en: 'Too many tokens are being asked for. Try again in {seconds} seconds; a token serves {life} seconds.',
    },
  },
  'acknowledgement-not-genuine': {
    status: 401,
    temporary: false,
    actor: 'destination',
    text: {
      nl: 'Deze bevestiging is niet ondertekend met het geheim van de genoemde bestemming, of haar tijd wijkt meer dan 5 minuten af.',
      fr: 'Cet accusé n’est pas signé avec le secret du destinataire nommé, ou son heure diffère de plus de 5 minutes.',
      de: 'Diese Bestätigung ist nicht mit dem Geheimnis des genannten Empfängers signiert, oder ihre Zeit weicht mehr als 5 Minuten ab.',
      en: 'This acknowledgement is not signed with the secret of the destination it names, or its time differs by more than 5 minutes.',
    },
  },
} as const satisfies Record<string, ErrorRow>
