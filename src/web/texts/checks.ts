import type { Language } from '../../kernel/language.ts'

/** What screens say of checks and of who may look: what withholds, remarks of rules, decisions taken back, emergencies. */
const nl = {
  heldByRule: (pack: string, version: string, activation: number) =>
    `Door ${pack} ${version} (activering ${activation}), regel`,
  heldByPerson: (who: string) => `Door ${who}, die dat zo besliste`,
  heldBySame: 'Alles wat deze regel tegenhoudt',
  held: {
    title: 'Ingehouden door een regel of een mens',
    what: 'Deze wachten niet op de bestemming. Ze gaan weg zodra de regel terug is of iemand ze vrijgeeft.',
    by: 'Door',
    since: 'Sinds',
    look: 'Bekijk en beslis',
    most: (n: string) => `Geteld zijn de oudste ${n}; er kunnen er meer zijn.`,
  },
  since: (time: string) => `sinds ${time}`,
  remark: (rule: string) => `Opmerking van regel ${rule}`,
  undecide: {
    act: 'Neem terug',
    title: 'Neem dit besluit terug',
    effects: {
      released: 'Alleen de regels gelden weer: houdt een regel dit record tegen, dan is het meteen weer ingehouden.',
      confirmed: 'Alleen de regels gelden weer: houdt geen regel dit record tegen, dan is het meteen weer te zien.',
    },
    undo: 'Op de lijst van ingehouden records kan opnieuw beslist worden. Beide besluiten blijven staan.',
    gone: 'Dit besluit geldt niet meer; iemand nam het terug of verving het.',
  },
  patientSheet: 'Deze lijst als CSV',
  emergency: {
    refused: 'U mag deze patiënt niet lezen',
    refusedWhat:
      'De patiënt hoort niet bij een praktijk van u. Een operator kan u bij een praktijk zetten. Niets is getoond.',
    button: 'Lees nu, één uur lang',
    toReview: (n: number) =>
      n === 1
        ? 'Eén keer in een noodgeval gelezen, nog niet nagekeken'
        : `${n} keer in een noodgeval gelezen, nog niet nagekeken`,
    what: 'Alleen wanneer wachten gevaarlijk is. U leest één uur. Uw naam, het tijdstip en de reden gaan naar wie over privacy waakt, en de patiënt kan ze opvragen.',
    reason: 'Waarom kan het niet wachten?',
    reasonHint: 'Ten minste 10 tekens, zonder namen of nummers.',
    open: 'Noodgeval? Lees zonder toestemming of zorgrelatie',
    title: 'Gelezen in noodgeval',
    sentence: (n: number) =>
      n === 0
        ? 'Niemand las in een noodgeval'
        : n === 1
          ? 'Eén keer in een noodgeval gelezen'
          : `${n} keer in een noodgeval gelezen`,
    list: 'Voor wie over privacy waakt: ga na of het nodig was, en vertel het de patiënt.',
    cut: 'Hier staan de nieuwste en alle die nog niet nagekeken zijn; de andere van de laatste 90 dagen staan in de CSV.',
    none: 'In de laatste 90 dagen las niemand een patiënt zonder toestemming of zorgrelatie.',
    who: 'Wie',
    until: 'Tot',
    patient: 'Patiënt (kenmerk)',
    why: 'Reden',
    readings: 'Keer gelezen',
    running: 'loopt',
    over: 'voorbij',
    reviewed: 'Nagekeken',
    review: 'Nagekeken',
    reviewTitle: 'Schrijf op wat u naging',
    reviewWhat: 'Uw naam en wat u schrijft, blijven bij deze regel staan.',
    notYet: 'nog niet',
    prolonged: 'daarna verlengd',
  },
}

export type ChecksTexts = typeof nl

const fr: ChecksTexts = {
  heldByRule: (pack, version, activation) => `Par ${pack} ${version} (activation ${activation}), règle`,
  heldByPerson: (who) => `Par ${who}, qui l’a décidé`,
  heldBySame: 'Tout ce que cette règle retient',
  held: {
    title: 'Retenus par une règle ou une personne',
    what: 'Ceux-ci n’attendent pas le destinataire. Ils partent dès que la règle est annulée ou que quelqu’un les libère.',
    by: 'Par',
    since: 'Depuis',
    look: 'Regarder et décider',
    most: (n) => `Comptés : les ${n} plus anciens ; il peut y en avoir davantage.`,
  },
  since: (time) => `depuis ${time}`,
  remark: (rule) => `Remarque de la règle ${rule}`,
  undecide: {
    act: 'Reprendre',
    title: 'Reprendre cette décision',
    effects: {
      released:
        'Seules les règles comptent à nouveau : si une règle retient cet enregistrement, il est aussitôt retenu.',
      confirmed: 'Seules les règles comptent à nouveau : si aucune règle ne le retient, il est aussitôt visible.',
    },
    undo: 'Une nouvelle décision peut être prise dans la liste des retenus. Les deux décisions restent consignées.',
    gone: 'Cette décision ne vaut plus ; quelqu’un l’a reprise ou remplacée.',
  },
  patientSheet: 'Cette liste en CSV',
  emergency: {
    refused: 'Vous ne pouvez pas lire ce patient',
    refusedWhat:
      'Le patient n’appartient à aucun de vos cabinets. Un opérateur peut vous ajouter à un cabinet. Rien n’a été montré.',
    button: 'Lire maintenant, pendant une heure',
    toReview: (n) => `Lu ${n} fois en urgence, pas encore vérifié`,
    what: 'Seulement quand attendre est dangereux. Vous lisez pendant une heure. Votre nom, l’heure et la raison vont à qui veille sur la vie privée, et le patient peut les demander.',
    reason: 'Pourquoi cela ne peut-il attendre ?',
    reasonHint: 'Au moins 10 caractères, sans noms ni numéros.',
    open: 'Urgence ? Lire sans consentement ni relation de soins',
    title: 'Lu en urgence',
    sentence: (n) => (n === 0 ? 'Personne n’a lu en urgence' : `Lu ${n} fois en urgence`),
    list: 'Pour qui veille sur la vie privée : vérifiez si c’était nécessaire, et dites-le au patient.',
    cut: 'Voici les plus récentes et toutes celles à vérifier ; les autres des 90 derniers jours sont dans le CSV.',
    none: 'Ces 90 derniers jours, personne n’a lu un patient sans consentement ni relation de soins.',
    who: 'Qui',
    until: 'Jusqu’à',
    patient: 'Patient (repère)',
    why: 'Raison',
    readings: 'Lectures',
    running: 'en cours',
    over: 'terminé',
    reviewed: 'Vérifié',
    review: 'Vérifié',
    reviewTitle: 'Écrivez ce que vous avez vérifié',
    reviewWhat: 'Votre nom et votre texte restent avec cette ligne.',
    notYet: 'pas encore',
    prolonged: 'prolongé ensuite',
  },
}

const de: ChecksTexts = {
  heldByRule: (pack, version, activation) => `Durch ${pack} ${version} (Aktivierung ${activation}), Regel`,
  heldByPerson: (who) => `Durch ${who}, so entschieden`,
  heldBySame: 'Alles, was diese Regel zurückhält',
  held: {
    title: 'Durch eine Regel oder einen Menschen zurückgehalten',
    what: 'Diese warten nicht auf den Empfänger. Sie gehen, sobald die Regel rückgängig gemacht ist oder jemand sie freigibt.',
    by: 'Durch',
    since: 'Seit',
    look: 'Ansehen und entscheiden',
    most: (n) => `Gezählt sind die ältesten ${n}; es können mehr sein.`,
  },
  since: (time) => `seit ${time}`,
  remark: (rule) => `Bemerkung der Regel ${rule}`,
  undecide: {
    act: 'Zurücknehmen',
    title: 'Diese Entscheidung zurücknehmen',
    effects: {
      released:
        'Nur die Regeln gelten wieder: Hält eine Regel diesen Datensatz zurück, ist er sofort wieder verborgen.',
      confirmed:
        'Nur die Regeln gelten wieder: Hält keine Regel diesen Datensatz zurück, ist er sofort wieder zu sehen.',
    },
    undo: 'In der Liste des Zurückgehaltenen kann neu entschieden werden. Beide Entscheidungen bleiben stehen.',
    gone: 'Diese Entscheidung gilt nicht mehr; jemand nahm sie zurück oder ersetzte sie.',
  },
  patientSheet: 'Diese Liste als CSV',
  emergency: {
    refused: 'Sie dürfen diesen Patienten nicht lesen',
    refusedWhat:
      'Der Patient gehört zu keiner Ihrer Praxen. Ein Betreiber kann Sie einer Praxis zuordnen. Nichts wurde gezeigt.',
    button: 'Jetzt lesen, eine Stunde lang',
    toReview: (n) => `${n}-mal im Notfall gelesen, noch nicht geprüft`,
    what: 'Nur wenn Warten gefährlich ist. Sie lesen eine Stunde lang. Ihr Name, die Zeit und der Grund gehen an die Stelle für Datenschutz, und der Patient kann sie erfragen.',
    reason: 'Warum kann es nicht warten?',
    reasonHint: 'Mindestens 10 Zeichen, ohne Namen oder Nummern.',
    open: 'Notfall? Ohne Einwilligung oder Behandlungsbeziehung lesen',
    title: 'Im Notfall gelesen',
    sentence: (n) => (n === 0 ? 'Niemand las in einem Notfall' : `${n}-mal in einem Notfall gelesen`),
    list: 'Für die Stelle für Datenschutz: Prüfen Sie, ob es nötig war, und sagen Sie es dem Patienten.',
    cut: 'Hier stehen die neuesten und alle, die noch zu prüfen sind; die anderen der letzten 90 Tage stehen im CSV.',
    none: 'In den letzten 90 Tagen las niemand einen Patienten ohne Einwilligung oder Behandlungsbeziehung.',
    who: 'Wer',
    until: 'Bis',
    patient: 'Patient (Kennzeichen)',
    why: 'Grund',
    readings: 'Gelesen',
    running: 'läuft',
    over: 'vorbei',
    reviewed: 'Geprüft',
    review: 'Geprüft',
    reviewTitle: 'Schreiben Sie auf, was Sie geprüft haben',
    reviewWhat: 'Ihr Name und Ihr Text bleiben bei dieser Zeile stehen.',
    notYet: 'noch nicht',
    prolonged: 'danach verlängert',
  },
}

const en: ChecksTexts = {
  heldByRule: (pack, version, activation) => `By ${pack} ${version} (activation ${activation}), rule`,
  heldByPerson: (who) => `By ${who}, who decided so`,
  heldBySame: 'All that this rule holds back',
  held: {
    title: 'Withheld by a rule or a person',
    what: 'These do not wait for the destination. They go as soon as the rule is reverted or somebody releases them.',
    by: 'By',
    since: 'Since',
    look: 'Look and decide',
    most: (n) => `The oldest ${n} are counted; there may be more.`,
  },
  since: (time) => `since ${time}`,
  remark: (rule) => `Remark of rule ${rule}`,
  undecide: {
    act: 'Take back',
    title: 'Take this decision back',
    effects: {
      released: 'The rules alone count again: if a rule withholds this record, it is withheld at once.',
      confirmed: 'The rules alone count again: if no rule withholds this record, it can be seen at once.',
    },
    undo: 'It can be decided again in the list of what is withheld. Both decisions stay on record.',
    gone: 'This decision does not hold any more; somebody took it back or replaced it.',
  },
  patientSheet: 'This list as CSV',
  emergency: {
    refused: 'You may not read this patient',
    refusedWhat:
      'The patient belongs to no practice of yours. An operator can add you to a practice. Nothing was shown.',
    button: 'Read now, for one hour',
    toReview: (n) =>
      n === 1
        ? 'Read once in an emergency, not looked after yet'
        : `Read ${n} times in an emergency, not looked after yet`,
    what: 'Only when waiting is dangerous. You read for one hour. Your name, the time and the reason go to whoever guards privacy, and the patient can ask for them.',
    reason: 'Why can it not wait?',
    reasonHint: 'At least 10 characters, without names or numbers.',
    open: 'Emergency? Read without consent or relation',
    title: 'Read in an emergency',
    sentence: (n) =>
      n === 0
        ? 'Nobody read in an emergency'
        : n === 1
          ? 'Read once in an emergency'
          : `Read ${n} times in an emergency`,
    list: 'For whoever guards privacy: see whether it was needed, and tell the patient.',
    cut: 'These are the newest and all that nobody looked after; the others of the last 90 days are in the CSV.',
    none: 'In the last 90 days nobody read a patient without consent or therapeutic relation.',
    who: 'Who',
    until: 'Until',
    patient: 'Patient (mark)',
    why: 'Reason',
    readings: 'Readings',
    running: 'running',
    over: 'over',
    reviewed: 'Looked after',
    review: 'Looked after',
    reviewTitle: 'Write down what you found',
    reviewWhat: 'Your name and what you write stay with this line.',
    notYet: 'not yet',
    prolonged: 'prolonged after that',
  },
}

export const checksTexts: Readonly<Record<Language, ChecksTexts>> = { nl, fr, de, en }
