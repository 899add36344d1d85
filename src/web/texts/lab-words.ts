import type { Texts as Quad } from '../../kernel/language.ts'

/** Words of laboratories, rules and monitors for identifiers, in four languages. */
const word = (nl: string, fr: string, de: string, en: string): Quad => ({ nl, fr, de, en })

/** Why an item of a monitor was looked at again. */
export const causeWords = {
  record: word('een resultaat', 'un résultat', 'ein Ergebnis', 'a result'),
  time: word('de tijd', 'le temps', 'die Zeit', 'time'),
  definition: word('een nieuwe versie', 'une nouvelle version', 'eine neue Version', 'a new version'),
  activation: word('andere regels', 'd’autres règles', 'andere Regeln', 'other rules'),
  enrolment: word('de inschrijving', 'l’inscription', 'die Einschreibung', 'enrolment'),
  override: word(
    'een besluit van een mens',
    'une décision humaine',
    'eine Entscheidung eines Menschen',
    'a person’s decision',
  ),
}

export const feedKindWords = {
  lab: word('Laboratorium', 'Laboratoire', 'Labor', 'Laboratory'),
  practice: word('Praktijk', 'Cabinet', 'Praxis', 'Practice'),
}

/** What of a rule or pack can differ between two versions. */
export const ruleFieldWords = {
  class: word('soort', 'type', 'Art', 'class'),
  severity: word('gevolg', 'effet', 'Folge', 'effect'),
  text: word('uitleg aan de lezer', 'texte au lecteur', 'Text für Leser', 'text for readers'),
  explain: word('toelichting', 'explication', 'Erläuterung', 'explanation'),
  measures: word('wat ze meet', 'ce qu’elle mesure', 'was sie misst', 'what it measures'),
  applies: word('waarop ze van toepassing is', 'à quoi elle s’applique', 'worauf sie zutrifft', 'what it applies to'),
  expr: word('uitdrukking', 'expression', 'Ausdruck', 'expression'),
  params: word('getoonde waarden', 'valeurs montrées', 'gezeigte Werte', 'values shown'),
  needs: word('codetabellen', 'tables de codes', 'Codetabellen', 'code tables'),
  limits: word('grenzen van de wacht', 'limites de la garde', 'Grenzen der Wache', 'limits of the guard'),
  owner: word('eigenaar', 'propriétaire', 'Eigentümer', 'owner'),
  service: word('dienst', 'service', 'Dienst', 'service'),
}
