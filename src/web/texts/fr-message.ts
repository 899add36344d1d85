import type { MessageTexts } from './nl-message.ts'
import { counter } from './plural.ts'

const count = counter('fr')
const records = (n: number) => count(n, { one: 'enregistrement', other: 'enregistrements', many: 'd’enregistrements' })
const are = (n: number) => (n < 2 ? 'est' : 'sont')
/** Some of the records of a message; of one there is nothing to count. */
const some = (n: number, total: number) => (total === 1 ? 'L’enregistrement' : `${n} sur ${records(total)}`)
const s = (n: number) => (n < 2 ? '' : 's')

export const frMessage: MessageTexts = {
  trace: {
    start: 'Suivre un message',
    startHint: 'Donnez un numéro de réception, le numéro de l’expéditeur ou un numéro de certificat.',
    search: 'Chercher',
    number: 'Numéro',
    acknowledged: (n) => (n === 1 ? 'L’enregistrement est confirmé' : `Les ${records(n)} sont confirmés`),
    passed: (n) =>
      n === 1
        ? 'L’enregistrement est admis ; rien d’autre n’est dû'
        : `Les ${records(n)} sont admis ; rien d’autre n’est dû`,
    noRecords: 'Conservé et lu ; il ne contient aucun enregistrement',
    refused: (n, total) => `${some(n, total)} ${are(n)} refusé${s(n)}`,
    waitingFor: (n, total, who) => `${some(n, total)} attend${n < 2 ? '' : 'ent'} ${who}`,
    waitingHere: (n, total) => `${some(n, total)} attend${n < 2 ? '' : 'ent'} dans la plateforme`,
    withheld: (n, total) => `${some(n, total)} ${are(n)} retenu${s(n)}`,
    unreadable: 'Conservé, mais illisible',
    nothingInside: 'Conservé ; pas encore lu',
    onDisk: 'Conservé sur un serveur, pas encore dans la base de données',
    setAside: 'Conservé sur un serveur ; la base de données ne l’accepte pas',
    message: 'Message',
    receipt: 'Numéro de réception',
    receivedAt: 'Reçu',
    senderId: 'Numéro de l’expéditeur',
    hash: 'SHA-256 des octets',
    format: 'Format',
    size: 'Taille',
    custody: 'Conservation',
    record: (n) => `Enregistrement ${n}`,
    happenedAt: { 'rapid-test': 'Prélèvement', other: 'Moment' },
    history: 'Ce qui lui est arrivé',
    deliveries: 'Livraisons',
    attempts: 'Essais',
    nextTry: 'Prochain essai',
    lastSent: 'Dernier envoi',
    theirNumber: 'Leur numéro',
    answer: 'Réponse',
    contentsOf: (n, total) => `Ce message a ${total} enregistrements. Le contenu est montré pour les ${n} premiers.`,
    fieldsOf: (n, total) =>
      `Dans ${total} enregistrements de ce message, quelque chose ne va pas. Le champ en cause est montré pour les ${n} premiers d’entre eux ; pour les autres, seulement ce qui ne va pas.`,
    noDeliveries: 'Cet enregistrement n’est dû à personne.',
    faults: 'Ce qui ne va pas',
    certificate: 'Certificat',
    end: 'Plus rien n’est attendu.',
    untilReleased: 'Attend une libération ou une autre règle.',
    later: (gap) => `après ${gap}`,
    proof: 'Preuve',
    original: (time) => `à l’origine ${time}`,
    chainBroken: 'La chaîne est rompue ici. Signalez-le tout de suite ; ne modifiez rien.',
    urgentTitle: 'Un voyageur attend ?',
    urgentWhat:
      'Marquez ce message urgent. Il passe en premier dans chaque file, avec ce qui le précédait pour la même personne.',
    urgentButton: 'Marquer urgent',
    isUrgent: (by) => `Marqué urgent par ${by} à`,
  },
  said: {
    received: (time, receipt) => `Reçu à ${time}. Numéro de réception ${receipt}. Le message est conservé.`,
    receivedSpooled: (time, receipt) =>
      `Reçu à ${time}. Numéro de réception ${receipt}. Le message est sur un seul serveur et sera transmis au retour de la base de données.`,
    receivedSetAside: (time, receipt) =>
      `Reçu à ${time}. Numéro de réception ${receipt}. Le message est sur un seul serveur, car la base de données l’a refusé pour ce qu’il est. Il y reste jusqu’à ce qu’un exploitant agisse ; ne renvoyez pas.`,
    waiting: (since, who, expected) =>
      `En attente de ${who} depuis ${since}. Envoi attendu vers ${expected}. Vous n’avez rien à faire ; ne renvoyez pas.`,
    waitingUnknown: (since, who, next) =>
      `En attente de ${who} depuis ${since}. L’heure n’est pas encore connue ; prochain message à ${next}. Ne renvoyez pas.`,
    refused: 'Refusé. Corrigez ce qui suit et renvoyez.',
    withheld: (since) => `Ni affiché ni transmis depuis ${since}. L’enregistrement est conservé.`,
    certificateReady: (at) => `Le certificat est prêt (${at}). Montrez le code QR ou imprimez.`,
    nothingFound: (what, where) =>
      `Rien trouvé pour ${what} dans ${where}. Vérifiez le numéro ou cherchez avec le numéro de l’expéditeur.`,
    couldNotLook: (where) =>
      `Nous n’avons pas pu regarder sur le disque de ${where}, où se trouvent des messages. L’absence de résultat ne prouve donc rien.`,
    allServices: 'tous les services',
  },

  certificatePage: {
    kind: {
      test: 'Certificat COVID numérique UE : test',
      vaccination: 'Certificat COVID numérique UE : vaccination',
      recovery: 'Certificat COVID numérique UE : rétablissement',
    },
    qr: 'Code QR du certificat',
    print: 'Imprimer',
    name: 'Nom',
    born: 'Date de naissance',
    result: 'Résultat',
    sampled: 'Prélèvement',
    dose: 'Dose',
    doseOf: (dose, doses) => `${dose} sur ${doses}${dose > doses ? ' (rappel)' : ''}`,
    vaccinated: 'Vacciné le',
    product: 'Produit',
    issuer: 'Délivré par',
    issued: 'Délivré',
    expires: 'Valable jusqu’au',
    identifier: 'Identifiant',
    revoked: (time) => `Révoqué à ${time}. Ne montrez plus ce certificat.`,
    verify: 'Contrôlez-le avec n’importe quelle application pour certificats UE.',
    trace: 'Suivre le message dont provient ce certificat',
  },
}
