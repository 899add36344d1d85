import type { ErrorRow } from './row.ts'

export const operationErrors = {
  'master-key-differs': {
    status: 500,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De hoofdsleutel van deze server is niet die van deze database. Geef alle servers dezelfde SLUIS_MASTER_KEY.',
      fr: 'La clé maîtresse de ce serveur n’est pas celle de cette base de données. Donnez la même SLUIS_MASTER_KEY à tous les serveurs.',
      de: 'Der Hauptschlüssel dieses Servers gehört nicht zu dieser Datenbank. Geben Sie allen Servern denselben SLUIS_MASTER_KEY.',
      en: 'The master key of this node is not that of this database. Give all nodes the same SLUIS_MASTER_KEY.',
    },
  },
  'content-destroyed': {
    status: 410,
    temporary: false,
    actor: 'nobody',
    text: {
      nl: 'De bewaartermijn is voorbij. De inhoud is vernietigd (sleutel {key}).',
      fr: 'La durée de conservation est dépassée. Le contenu est détruit (clé {key}).',
      de: 'Die Aufbewahrungsfrist ist abgelaufen. Der Inhalt ist vernichtet (Schlüssel {key}).',
      en: 'The retention period is over. The content has been destroyed (key {key}).',
    },
  },
  'data-folder-in-use': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Een andere hub (proces {pid}) werkt sinds {since} met de gegevensmap {folder}. Stop die eerst, of kies met --data een andere map.',
      fr: 'Un autre hub (processus {pid}) utilise le dossier de données {folder} depuis {since}. Arrêtez-le d’abord, ou choisissez un autre dossier avec --data.',
      de: 'Ein anderer Hub (Prozess {pid}) arbeitet seit {since} mit dem Datenordner {folder}. Beenden Sie ihn zuerst oder wählen Sie mit --data einen anderen Ordner.',
      en: 'Another hub (process {pid}) has been working with the data folder {folder} since {since}. Stop that one first, or choose another folder with --data.',
    },
  },
  'port-not-free': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'Poort {port} is niet vrij ({reason}). Stop het programma dat haar gebruikt, of kies met --port of --mllp-port een andere.',
      fr: 'Le port {port} n’est pas libre ({reason}). Arrêtez le programme qui l’utilise, ou choisissez-en un autre avec --port ou --mllp-port.',
      de: 'Port {port} ist nicht frei ({reason}). Beenden Sie das Programm, das ihn benutzt, oder wählen Sie mit --port oder --mllp-port einen anderen.',
      en: 'Port {port} is not free ({reason}). Stop the program that uses it, or choose another with --port or --mllp-port.',
    },
  },
  'host-not-ours': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Deze machine heeft geen adres {host} om op te luisteren ({reason}). Geef in SLUIS_HOST een van haar adressen, zoals 127.0.0.1.',
      fr: 'Cette machine n’a pas d’adresse {host} où écouter ({reason}). Indiquez dans SLUIS_HOST l’une de ses adresses, comme 127.0.0.1.',
      de: 'Diese Maschine hat keine Adresse {host}, auf der sie hören kann ({reason}). Geben Sie in SLUIS_HOST eine ihrer Adressen an, wie 127.0.0.1.',
      en: 'This machine has no address {host} to listen on ({reason}). Give one of its own in SLUIS_HOST, such as 127.0.0.1.',
    },
  },
  'data-folder-unusable': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'In de map {folder} kan deze gebruiker niet lezen of schrijven ({reason}). Geef toegang, maak plaats, of kies met --data een andere map.',
      fr: 'Cet utilisateur ne peut pas lire ou écrire dans le dossier {folder} ({reason}). Donnez-lui accès, libérez de l’espace, ou choisissez un autre dossier avec --data.',
      de: 'Dieser Benutzer kann im Ordner {folder} nicht lesen oder schreiben ({reason}). Geben Sie Zugriff, schaffen Sie Platz oder wählen Sie mit --data einen anderen Ordner.',
      en: 'This user cannot read or write in the folder {folder} ({reason}). Give access, make room, or choose another folder with --data.',
    },
  },
  'database-not-shipped': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Voor deze machine ({platform}) is geen meegeleverde PostgreSQL geïnstalleerd. Installeer opnieuw met de optionele pakketten, of geef met DATABASE_URL een eigen PostgreSQL op.',
      fr: 'Aucun PostgreSQL fourni n’est installé pour cette machine ({platform}). Réinstallez avec les paquets optionnels, ou indiquez votre propre PostgreSQL avec DATABASE_URL.',
      de: 'Für diese Maschine ({platform}) ist kein mitgeliefertes PostgreSQL installiert. Installieren Sie mit den optionalen Paketen neu oder geben Sie mit DATABASE_URL ein eigenes PostgreSQL an.',
      en: 'No bundled PostgreSQL is installed for this machine ({platform}). Install again with the optional packages, or name a PostgreSQL of your own with DATABASE_URL.',
    },
  },
  'database-start-failed': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De database start niet: {reason}. Meer staat in {log}.',
      fr: 'La base de données ne démarre pas : {reason}. Plus de détails dans {log}.',
      de: 'Die Datenbank startet nicht: {reason}. Mehr steht in {log}.',
      en: 'The database does not start: {reason}. More is written in {log}.',
    },
  },
  'database-refuses': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De database {place} laat deze hub niet toe: {reason}. Verbeter gebruiker, wachtwoord en naam van de database in DATABASE_URL, of geef die gebruiker daar de rechten.',
      fr: 'La base de données {place} n’admet pas ce hub : {reason}. Corrigez l’utilisateur, le mot de passe et le nom de la base dans DATABASE_URL, ou donnez-y les droits à cet utilisateur.',
      de: 'Die Datenbank {place} lässt diesen Hub nicht zu: {reason}. Korrigieren Sie Benutzer, Passwort und Namen der Datenbank in DATABASE_URL oder geben Sie diesem Benutzer dort die Rechte.',
      en: 'The database {place} does not let this hub in: {reason}. Correct user, password and name of the database in DATABASE_URL, or give that user the rights there.',
    },
  },
  'transactions-behind': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De transacties van deze database tellen vanaf {next}, en wat erin staat gaat tot {highest}, zoals na terugzetten met pg_dump: nieuwe berichten zouden ongemerkt overgeslagen worden. Stop PostgreSQL netjes, voer pg_resetwal --epoch={epoch} uit op zijn gegevensmap, en start opnieuw.',
      fr: 'Les transactions de cette base de données comptent à partir de {next}, et son contenu va jusqu’à {highest}, comme après une restauration par pg_dump : de nouveaux messages seraient ignorés sans bruit. Arrêtez PostgreSQL proprement, exécutez pg_resetwal --epoch={epoch} sur son dossier de données, et redémarrez.',
      de: 'Die Transaktionen dieser Datenbank zählen ab {next}, ihr Inhalt reicht bis {highest}, wie nach einer Wiederherstellung mit pg_dump: neue Nachrichten würden unbemerkt übergangen. Fahren Sie PostgreSQL ordentlich herunter, führen Sie pg_resetwal --epoch={epoch} auf seinem Datenordner aus und starten Sie neu.',
      en: 'The transactions of this database count from {next}, and what it holds goes up to {highest}, as after a restore from pg_dump: new messages would be passed over in silence. Stop PostgreSQL in order, run pg_resetwal --epoch={epoch} on its data folder, and start again.',
    },
  },
  'schema-newer': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De database is van een nieuwere versie ({migrations}), waarmee deze versie niet kan werken. Start die nieuwere versie van sluis. Er is niets gewijzigd.',
      fr: 'La base de données est d’une version plus récente ({migrations}), avec laquelle cette version ne peut pas travailler. Démarrez cette version plus récente de sluis. Rien n’est modifié.',
      de: 'Die Datenbank ist von einer neueren Version ({migrations}), mit der diese Version nicht arbeiten kann. Starten Sie diese neuere Version von sluis. Nichts wurde geändert.',
      en: 'The database is of a newer version ({migrations}), with which this version cannot work. Start that newer version of sluis. Nothing was changed.',
    },
  },
  'node-name-taken': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Er werkt al een andere server met de naam {node} op deze database ({url}). Geef elke server een eigen naam met --node of SLUIS_NODE.',
      fr: 'Un autre serveur nommé {node} travaille déjà sur cette base de données ({url}). Donnez à chaque serveur son propre nom avec --node ou SLUIS_NODE.',
      de: 'Ein anderer Server mit dem Namen {node} arbeitet bereits auf dieser Datenbank ({url}). Geben Sie jedem Server mit --node oder SLUIS_NODE einen eigenen Namen.',
      en: 'Another node named {node} already works on this database ({url}). Give each node a name of its own with --node or SLUIS_NODE.',
    },
  },
  'nodes-running': {
    status: 503,
    temporary: true,
    actor: 'operator',
    text: {
      nl: 'De database kan niet terug zolang er servers op werken: {nodes}. Stop ze eerst; een server die uitviel, telt na tien seconden niet meer mee. Er is niets gewijzigd.',
      fr: 'La base de données ne peut revenir en arrière tant que des serveurs y travaillent : {nodes}. Arrêtez-les d’abord ; un serveur tombé ne compte plus après dix secondes. Rien n’est modifié.',
      de: 'Die Datenbank kann nicht zurück, solange Server darauf arbeiten: {nodes}. Halten Sie sie zuerst an; ein ausgefallener Server zählt nach zehn Sekunden nicht mehr. Nichts wurde geändert.',
      en: 'The database cannot go back while nodes work on it: {nodes}. Stop them first; a node that died no longer counts after ten seconds. Nothing was changed.',
    },
  },
  'database-password-missing': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'Er is een database, maar haar wachtwoordbestand {file} ontbreekt. Zet het terug uit de back-up.',
      fr: 'La base de données existe, mais son fichier de mot de passe {file} manque. Restaurez-le depuis la sauvegarde.',
      de: 'Eine Datenbank ist da, aber ihre Passwortdatei {file} fehlt. Stellen Sie sie aus der Sicherung wieder her.',
      en: 'There is a database, but its password file {file} is missing. Put it back from the backup.',
    },
  },
  'database-version-differs': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De database in {folder} is van PostgreSQL {found}; deze versie van Sluis brengt PostgreSQL {shipped} mee. Start met de vorige versie van Sluis en zet de gegevens over.',
      fr: 'La base de données dans {folder} est de PostgreSQL {found} ; cette version de Sluis fournit PostgreSQL {shipped}. Démarrez avec la version précédente de Sluis et transférez les données.',
      de: 'Die Datenbank in {folder} ist von PostgreSQL {found}; diese Version von Sluis bringt PostgreSQL {shipped} mit. Starten Sie mit der vorigen Version von Sluis und übertragen Sie die Daten.',
      en: 'The database in {folder} is of PostgreSQL {found}; this version of Sluis brings PostgreSQL {shipped}. Start with the previous version of Sluis and carry the data over.',
    },
  },
  'spool-unusable': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'In de map {folder} van de noodopslag kan deze gebruiker niet lezen of schrijven ({reason}). Geef toegang of maak plaats.',
      fr: 'Cet utilisateur ne peut pas lire ou écrire dans le dossier de réserve {folder} ({reason}). Donnez-lui accès ou libérez de l’espace.',
      de: 'Dieser Benutzer kann im Ordner {folder} des Notspeichers nicht lesen oder schreiben ({reason}). Geben Sie Zugriff oder schaffen Sie Platz.',
      en: 'This user cannot read or write in the spool folder {folder} ({reason}). Give access or make room.',
    },
  },
  'spool-key-wrong': {
    status: 503,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'De noodopslag ({file}) is met een andere hoofdsleutel versleuteld. Start met de sleutel waarmee deze server eerder liep. Er is niets gewijzigd.',
      fr: 'La réserve ({file}) est chiffrée avec une autre clé maîtresse. Démarrez avec la clé que ce serveur utilisait. Rien n’a été modifié.',
      de: 'Der Notspeicher ({file}) ist mit einem anderen Hauptschlüssel verschlüsselt. Starten Sie mit dem Schlüssel, mit dem dieser Server vorher lief. Nichts wurde geändert.',
      en: 'The spool ({file}) is encrypted with another master key. Start with the key this server ran with before. Nothing has been changed.',
    },
  },
} as const satisfies Record<string, ErrorRow>
