import type { ErrorRow } from './row.ts'

/** What is wrong with the definition of a monitor. */
export const monitorErrors = {
  'monitor-unreadable': {
    status: 500,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Monitor {place} kan niet geladen worden: {reason}. Fouten in totaal: {count}. Verbeter het bestand en laad opnieuw.',
      fr: 'Le moniteur {place} ne peut pas être chargé : {reason}. Fautes au total : {count}. Corrigez le fichier et rechargez.',
      de: 'Monitor {place} kann nicht geladen werden: {reason}. Fehler insgesamt: {count}. Datei korrigieren und neu laden.',
      en: 'Monitor {place} cannot be loaded: {reason}. Faults in all: {count}. Correct the file and load it again.',
    },
  },
  'monitor-not-yaml': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Regel {line} is geen leesbare YAML: {reason}.',
      fr: 'La ligne {line} n’est pas du YAML lisible : {reason}.',
      de: 'Zeile {line} ist kein lesbares YAML: {reason}.',
      en: 'Line {line} is not readable YAML: {reason}.',
    },
  },
  'monitor-field': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Dit veld past niet: {reason}.',
      fr: 'Ce champ ne convient pas : {reason}.',
      de: 'Dieses Feld passt nicht: {reason}.',
      en: 'This field does not fit: {reason}.',
    },
  },
  'monitor-name-unknown': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: '{name} wordt genoemd, maar staat niet in deze monitor.',
      fr: '{name} est mentionné, mais ne figure pas dans ce moniteur.',
      de: '{name} wird genannt, steht aber nicht in diesem Monitor.',
      en: '{name} is named, but does not stand in this monitor.',
    },
  },
  'monitor-code-wrong': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De controlecijfers van LOINC {code} kloppen niet.',
      fr: 'Les chiffres de contrôle de LOINC {code} sont incorrects.',
      de: 'Die Prüfziffern von LOINC {code} stimmen nicht.',
      en: 'The check digits of LOINC {code} are wrong.',
    },
  },
} as const satisfies Readonly<Record<string, ErrorRow>>
