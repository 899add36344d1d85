import type { ErrorRow } from './row.ts'

/** What is wrong with an enrolment, or with asking for a monitor. */
export const careErrors = {
  'enrolment-unreadable': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De inschrijvingen kunnen niet gelezen worden: {place} {reason}. Fouten in totaal: {count}. Verbeter het bestand; er is niemand ingeschreven.',
      fr: 'Les inscriptions ne peuvent pas être lues : {place} {reason}. Fautes au total : {count}. Corrigez le fichier ; personne n’est inscrit.',
      de: 'Die Einschreibungen können nicht gelesen werden: {place} {reason}. Fehler insgesamt: {count}. Datei korrigieren; niemand ist eingeschrieben.',
      en: 'The enrolments cannot be read: {place} {reason}. Faults in all: {count}. Correct the file; nobody is enrolled.',
    },
  },
  'monitor-report-missing': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Voor {monitor} {version} is er geen verslag over wie ingeschreven is. Probeer de versie eerst: sluis monitor try {monitor} {version}.',
      fr: 'Il n’y a pas de rapport sur les inscrits pour {monitor} {version}. Essayez d’abord la version : sluis monitor try {monitor} {version}.',
      de: 'Für {monitor} {version} gibt es keinen Bericht über die Eingeschriebenen. Versuchen Sie die Version zuerst: sluis monitor try {monitor} {version}.',
      en: 'There is no report over who is enrolled for {monitor} {version}. Try the version first: sluis monitor try {monitor} {version}.',
    },
  },
  'monitor-report-stale': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Verslag {report} over {monitor} {version} geldt niet meer ({reason}). Probeer de versie opnieuw: sluis monitor try {monitor} {version}.',
      fr: 'Le rapport {report} sur {monitor} {version} ne vaut plus ({reason}). Essayez la version à nouveau : sluis monitor try {monitor} {version}.',
      de: 'Bericht {report} über {monitor} {version} gilt nicht mehr ({reason}). Versuchen Sie die Version noch einmal: sluis monitor try {monitor} {version}.',
      en: 'Report {report} on {monitor} {version} does not hold any more ({reason}). Try the version again: sluis monitor try {monitor} {version}.',
    },
  },
  'monitor-changes-many': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: '{monitor} {version} zou {count} items van kleur doen veranderen ({share} %; de grens is {limit} %; verslag {report}). Een tweede persoon kan dit bevestigen.',
      fr: '{monitor} {version} ferait changer {count} éléments de couleur ({share} % ; la limite est {limit} % ; rapport {report}). Une deuxième personne peut le confirmer.',
      de: '{monitor} {version} würde {count} Punkte die Farbe wechseln lassen ({share} %; die Grenze ist {limit} %; Bericht {report}). Eine zweite Person kann das bestätigen.',
      en: '{monitor} {version} would make {count} items change colour ({share} %; the limit is {limit} %; report {report}). A second person can confirm this.',
    },
  },
  'monitor-second-person': {
    status: 409,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Dit vraagt een tweede persoon: {actor} kan niet zelf bevestigen.',
      fr: 'Ceci demande une deuxième personne : {actor} ne peut pas confirmer soi-même.',
      de: 'Das verlangt eine zweite Person: {actor} kann nicht selbst bestätigen.',
      en: 'This wants a second person: {actor} cannot confirm it alone.',
    },
  },
  'monitor-unknown': {
    status: 404,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Er is geen monitor {monitor} met versie {version}. Er zijn: {known}.',
      fr: 'Il n’y a pas de moniteur {monitor} en version {version}. Il y a : {known}.',
      de: 'Es gibt keinen Monitor {monitor} in Version {version}. Es gibt: {known}.',
      en: 'There is no monitor {monitor} of version {version}. There are: {known}.',
    },
  },
  'monitor-version-behind': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Deze node kent monitor {monitor} {version} nog niet; een andere node wel. Vraag het opnieuw, of werk deze node bij.',
      fr: 'Ce nœud ne connaît pas encore le moniteur {monitor} {version} ; un autre nœud oui. Redemandez, ou mettez ce nœud à jour.',
      de: 'Dieser Knoten kennt Monitor {monitor} {version} noch nicht; ein anderer Knoten schon. Erneut fragen oder diesen Knoten aktualisieren.',
      en: 'This node does not know monitor {monitor} {version} yet; another node does. Ask again, or update this node.',
    },
  },
  'patient-identifier-unknown': {
    status: 422,
    temporary: false,
    actor: 'sender',
    text: {
      nl: 'Dit is geen INSZ of BSN waarvan de controlecijfers kloppen. Een lokaal nummer heeft de vorm local:uitgever:nummer.',
      fr: 'Ce n’est pas un NISS ou BSN dont les chiffres de contrôle sont corrects. Un numéro local s’écrit local:émetteur:numéro.',
      de: 'Das ist keine INSZ oder BSN, deren Prüfziffern stimmen. Eine lokale Nummer hat die Form local:Aussteller:Nummer.',
      en: 'This is no INSZ or BSN whose check digits hold. A local number is written local:assigner:number.',
    },
  },
} as const satisfies Readonly<Record<string, ErrorRow>>
