import type { Texts } from '../../kernel/language.ts'

/** Sentences for who reads through FHIR, beside those of the table of errors. */
export const fhirTexts = {
  withheld: {
    nl: '{count} uitslag(en) van {laboratory} worden sinds {since} niet getoond door regel {rule}: {why} Een operator of helper van de hub kan ze vrijgeven.',
    fr: '{count} résultat(s) de {laboratory} ne sont pas montrés depuis {since} par la règle {rule} : {why} Un opérateur ou un aidant du hub peut les libérer.',
    de: '{count} Ergebnis(se) von {laboratory} werden seit {since} durch die Regel {rule} nicht gezeigt: {why} Ein Operator oder Helfer des Hubs kann sie freigeben.',
    en: '{count} result(s) of {laboratory} are withheld since {since} by rule {rule}: {why} An operator or helper of the hub can release them.',
  },
  'withheld-by-person': {
    nl: '{count} uitslag(en) van {laboratory} worden sinds {since} niet getoond: iemand van de hub heeft dat zo beslist. Een operator of helper van de hub kan ze vrijgeven.',
    fr: '{count} résultat(s) de {laboratory} ne sont pas montrés depuis {since} : une personne du hub l’a décidé. Un opérateur ou un aidant du hub peut les libérer.',
    de: '{count} Ergebnis(se) von {laboratory} werden seit {since} nicht gezeigt: Jemand vom Hub hat es so entschieden. Ein Operator oder Helfer des Hubs kann sie freigeben.',
    en: '{count} result(s) of {laboratory} are withheld since {since}: a person of the hub decided so. An operator or helper of the hub can release them.',
  },
  'not-checked': {
    nl: '{count} uitslag(en) van {laboratory} zijn binnen en nog niet gecontroleerd. Vraag ze over enkele seconden opnieuw.',
    fr: '{count} résultat(s) de {laboratory} sont arrivés et pas encore vérifiés. Redemandez-les dans quelques secondes.',
    de: '{count} Ergebnis(se) von {laboratory} sind eingegangen und noch nicht geprüft. Fragen Sie in einigen Sekunden erneut.',
    en: '{count} result(s) of {laboratory} have arrived and are not checked yet. Ask again in a few seconds.',
  },
  'only-own-patients': {
    nl: 'Getoond worden alleen patiënten met wie u een zorgrelatie hebt en die met uitwisseling instemmen.',
    fr: 'Ne sont montrés que les patients avec qui vous avez une relation de soins et qui consentent à l’échange.',
    de: 'Gezeigt werden nur Patienten, mit denen eine Behandlungsbeziehung besteht und die dem Austausch zustimmen.',
    en: 'Only patients are shown with whom you have a therapeutic relation and who consent to exchange.',
  },
  'many-results': {
    nl: 'Van deze patiënt zijn er meer dan {limit} uitslagen; gezocht is in de laatst ontvangen.',
    fr: 'Ce patient a plus de {limit} résultats ; la recherche porte sur les derniers reçus.',
    de: 'Von diesem Patienten gibt es mehr als {limit} Ergebnisse; gesucht wurde in den zuletzt eingegangenen.',
    en: 'This patient has more than {limit} results; those that arrived last were searched.',
  },
  kept: {
    nl: 'Bewaard met het bericht en gelezen bij de uitslagen waar het bij hoort.',
    fr: 'Gardé avec le message et lu avec les résultats auxquels il appartient.',
    de: 'Mit der Nachricht aufbewahrt und bei den zugehörigen Ergebnissen gelesen.',
    en: 'Kept with the message and read with the results it belongs to.',
  },
  stored: {
    nl: 'Ontvangen en bewaard onder ontvangstnummer {receipt}.',
    fr: 'Reçu et conservé sous le numéro de réception {receipt}.',
    de: 'Empfangen und unter Empfangsnummer {receipt} aufbewahrt.',
    en: 'Received and kept under receipt number {receipt}.',
  },
} as const satisfies Record<string, Texts>

export type FhirText = keyof typeof fhirTexts
