import type { ErrorRow } from './row.ts'

/** Which people may come in: sign-in, sessions, roles, and the reasons they must give. */
export const peopleErrors = {
  'sign-in-refused': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Login en wachtwoord passen niet bij elkaar. Controleer beide.',
      fr: 'L’identifiant et le mot de passe ne correspondent pas. Vérifiez les deux.',
      de: 'Anmeldename und Kennwort passen nicht zusammen. Prüfen Sie beides.',
      en: 'Login and password do not fit each other. Check both.',
    },
  },
  'sign-in-wait': {
    status: 429,
    temporary: true,
    actor: 'sender',
    text: {
      nl: 'Er zijn te veel mislukte aanmeldingen. De volgende poging kan over {seconds} seconden.',
      fr: 'Trop de tentatives ont échoué. La prochaine est possible dans {seconds} secondes.',
      de: 'Zu viele Anmeldungen sind fehlgeschlagen. Der nächste Versuch ist in {seconds} Sekunden möglich.',
      en: 'Too many sign-ins have failed. The next attempt is possible in {seconds} seconds.',
    },
  },
  'sign-in-busy': {
    status: 503,
    temporary: true,
    actor: 'sender',
    text: {
      nl: 'Er melden zich nu veel mensen tegelijk aan. Probeer het over {seconds} seconden.',
      fr: 'Beaucoup de personnes se connectent en ce moment. Réessayez dans {seconds} secondes.',
      de: 'Gerade melden sich viele Personen an. Versuchen Sie es in {seconds} Sekunden.',
      en: 'Many people are signing in at the moment. Try again in {seconds} seconds.',
    },
  },
  'session-missing': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'U bent niet aangemeld, of de sessie is voorbij. Meld u aan.',
      fr: 'Vous n’êtes pas connecté, ou la session est terminée. Connectez-vous.',
      de: 'Sie sind nicht angemeldet, oder die Sitzung ist abgelaufen. Melden Sie sich an.',
      en: 'You are not signed in, or the session is over. Sign in.',
    },
  },
  'right-missing': {
    status: 403,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De rol {role} mag dit niet ({action}). Vraag het aan een operator.',
      fr: 'Le rôle {role} ne le permet pas ({action}). Demandez à un opérateur.',
      de: 'Die Rolle {role} darf das nicht ({action}). Fragen Sie einen Operator.',
      en: 'The role {role} may not do this ({action}). Ask an operator.',
    },
  },
  'form-token-differs': {
    status: 403,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit formulier hoort niet bij uw huidige sessie. Er is niets gewijzigd. Open de bladzijde opnieuw en verstuur nog eens.',
      fr: 'Ce formulaire n’appartient pas à votre session actuelle. Rien n’est modifié. Rouvrez la page et envoyez à nouveau.',
      de: 'Dieses Formular gehört nicht zu Ihrer jetzigen Sitzung. Nichts ist geändert. Öffnen Sie die Seite neu und senden Sie noch einmal.',
      en: 'This form does not belong to your present session. Nothing has changed. Open the page again and send once more.',
    },
  },
  'purpose-missing': {
    status: 400,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Zeg eerst waarvoor u dit bekijkt. Open het certificaat vanaf zijn eigen bladzijde.',
      fr: 'Dites d’abord pourquoi vous consultez ceci. Ouvrez le certificat depuis sa propre page.',
      de: 'Sagen Sie zuerst, wofür Sie dies ansehen. Öffnen Sie das Zertifikat von seiner eigenen Seite aus.',
      en: 'First say what you look at this for. Open the certificate from its own page.',
    },
  },
  'live-full': {
    status: 503,
    temporary: true,
    actor: 'nobody',
    text: {
      nl: 'Er kijken nu te veel schermen live mee. De bladzijde klopt; laad haar opnieuw, of wacht {seconds} seconden.',
      fr: 'Trop d’écrans suivent en direct en ce moment. La page est juste ; rechargez-la, ou attendez {seconds} secondes.',
      de: 'Zurzeit sehen zu viele Bildschirme live zu. Die Seite stimmt; laden Sie sie neu oder warten Sie {seconds} Sekunden.',
      en: 'Too many screens are following live at the moment. The page is right; load it again, or wait {seconds} seconds.',
    },
  },
  'provider-away': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De aanmelddienst {provider} antwoordt niet. Probeer het over {seconds} seconden.',
      fr: 'Le service de connexion {provider} ne répond pas. Réessayez dans {seconds} secondes.',
      de: 'Der Anmeldedienst {provider} antwortet nicht. Versuchen Sie es in {seconds} Sekunden.',
      en: 'The sign-in service {provider} does not answer. Try again in {seconds} seconds.',
    },
  },
  'provider-answer-refused': {
    status: 401,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'De aanmelding via {provider} is niet bewezen ({why}). Begin opnieuw bij aanmelden.',
      fr: 'La connexion par {provider} n’est pas prouvée ({why}). Recommencez la connexion.',
      de: 'Die Anmeldung über {provider} ist nicht belegt ({why}). Beginnen Sie die Anmeldung neu.',
      en: 'The sign-in through {provider} is not proven ({why}). Start signing in again.',
    },
  },
  'role-missing': {
    status: 403,
    temporary: false,
    actor: 'operator',
    text: {
      nl: '{provider} geeft u geen rol in deze hub ({claim}). Vraag die aan de beheerder.',
      fr: '{provider} ne vous donne aucun rôle dans ce hub ({claim}). Demandez-le au gestionnaire.',
      de: '{provider} gibt Ihnen keine Rolle in diesem Hub ({claim}). Fragen Sie die Verwaltung.',
      en: '{provider} gives you no role in this hub ({claim}). Ask the administrator.',
    },
  },
  'person-ended': {
    status: 403,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Uw toegang tot deze hub is beëindigd. Neem contact op met een operator.',
      fr: 'Votre accès à ce hub a pris fin. Contactez un opérateur.',
      de: 'Ihr Zugang zu diesem Hub ist beendet. Wenden Sie sich an einen Operator.',
      en: 'Your access to this hub has ended. Contact an operator.',
    },
  },
  'proposal-over': {
    status: 410,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Dit voorstel geldt niet meer: het is gewijzigd of ouder dan een uur. Vraag om een nieuw.',
      fr: 'Cette proposition ne vaut plus : elle a été modifiée ou a plus d’une heure. Demandez-en une nouvelle.',
      de: 'Dieser Vorschlag gilt nicht mehr: Er wurde geändert oder ist älter als eine Stunde. Bitten Sie um einen neuen.',
      en: 'This proposal does not hold any more: it was changed or is older than an hour. Ask for a new one.',
    },
  },
  'reader-unknown': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Niemand met de rol lezer heeft de aanmeldnaam {login}. Er is niets gewijzigd.',
      fr: 'Aucun lecteur n’a le nom de connexion {login}. Rien n’est modifié.',
      de: 'Niemand mit der Rolle Leser hat den Anmeldenamen {login}. Nichts ist geändert.',
      en: 'Nobody with the role of reader has the login name {login}. Nothing has changed.',
    },
  },
  'emergency-changed': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Dit noodgeval is intussen verlengd, of iemand keek het al na. Er is niets opgeschreven; bekijk de lijst opnieuw.',
      fr: 'Cette urgence a été prolongée entre-temps, ou quelqu’un l’a déjà vérifiée. Rien n’est noté ; regardez la liste à nouveau.',
      de: 'Dieser Notfall wurde inzwischen verlängert, oder jemand hat ihn schon geprüft. Nichts ist vermerkt; sehen Sie die Liste noch einmal an.',
      en: 'This emergency was prolonged meanwhile, or somebody has looked after it. Nothing was written down; look at the list again.',
    },
  },
  'reason-short': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De reden is korter dan 10 tekens. Er is niets gewijzigd.',
      fr: 'Le motif compte moins de 10 caractères. Rien n’est modifié.',
      de: 'Der Grund hat weniger als 10 Zeichen. Nichts ist geändert.',
      en: 'The reason is shorter than 10 characters. Nothing has changed.',
    },
  },
} as const satisfies Record<string, ErrorRow>
