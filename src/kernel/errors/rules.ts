import type { ErrorRow } from './row.ts'

/** What is wrong with a rule pack. `{line}` is a line of the file, 0 when the fault lies in no one line. */

function operator(status: number, nl: string, fr: string, de: string, en: string) {
  return { status, temporary: false, actor: 'operator', text: { nl, fr, de, en } } as const satisfies ErrorRow
}

export const ruleErrors = {
  'pack-refused': operator(
    422,
    'Pakket {place} is niet geladen. Fouten in totaal: {count}. De eerste: {reason}',
    'Le paquet {place} n’est pas chargé. Fautes au total : {count}. La première : {reason}',
    'Paket {place} ist nicht geladen. Fehler insgesamt: {count}. Der erste: {reason}',
    'Pack {place} is not loaded. Faults in all: {count}. The first: {reason}',
  ),
  'pack-file-missing': operator(
    422,
    'Het bestand {file} ontbreekt in het pakket.',
    'Le fichier {file} manque dans le paquet.',
    'Die Datei {file} fehlt im Paket.',
    'The file {file} is missing from the pack.',
  ),
  'pack-not-yaml': operator(
    422,
    '{file}, regel {line}: hier houdt de YAML op ({reason}).',
    '{file}, ligne {line} : le YAML s’arrête ici ({reason}).',
    '{file}, Zeile {line}: hier endet das YAML ({reason}).',
    '{file}, line {line}: the YAML ends here ({reason}).',
  ),
  'pack-field': operator(
    422,
    '{file}, regel {line}: {path} past niet ({reason}).',
    '{file}, ligne {line} : {path} ne convient pas ({reason}).',
    '{file}, Zeile {line}: {path} passt nicht ({reason}).',
    '{file}, line {line}: {path} does not fit ({reason}).',
  ),
  'pack-tables': operator(
    422,
    '{file}, regel {line}: de tabellen van dit pakket zijn niet te lezen ({reason}).',
    '{file}, ligne {line} : les tables de ce paquet ne peuvent pas être lues ({reason}).',
    '{file}, Zeile {line}: die Tabellen dieses Pakets sind nicht zu lesen ({reason}).',
    '{file}, line {line}: the tables of this pack cannot be read ({reason}).',
  ),
  'pack-finding': operator(
    422,
    '{file}, regel {line}: regel {rule} over een bevinding van formulieren kan zo niet ({reason}).',
    '{file}, ligne {line} : la règle {rule} sur un constat des formulaires ne convient pas ({reason}).',
    '{file}, Zeile {line}: Regel {rule} über einen Befund der Formulare geht so nicht ({reason}).',
    '{file}, line {line}: rule {rule} on a finding of forms cannot be so ({reason}).',
  ),
  'pack-expression': operator(
    422,
    '{file}, regel {line}: {path} van regel {rule} is geen FHIRPath vanaf teken {at}; daar hoort {reason}.',
    '{file}, ligne {line} : {path} de la règle {rule} n’est pas du FHIRPath à partir du caractère {at} ; attendu : {reason}.',
    '{file}, Zeile {line}: {path} der Regel {rule} ist ab Zeichen {at} kein FHIRPath; dort gehört {reason} hin.',
    '{file}, line {line}: {path} of rule {rule} is no FHIRPath from character {at} on; {reason} belongs there.',
  ),
  'pack-variable-unknown': operator(
    422,
    '{file}, regel {line}: {path} van regel {rule} gebruikt %{name}, en dat bestaat niet.',
    '{file}, ligne {line} : {path} de la règle {rule} utilise %{name}, qui n’existe pas.',
    '{file}, Zeile {line}: {path} der Regel {rule} benutzt %{name}, das es nicht gibt.',
    '{file}, line {line}: {path} of rule {rule} uses %{name}, which does not exist.',
  ),
  'pack-rule-twice': operator(
    422,
    '{file}, regel {line}: de regel {rule} staat er twee keer in.',
    '{file}, ligne {line} : la règle {rule} y figure deux fois.',
    '{file}, Zeile {line}: die Regel {rule} steht zweimal darin.',
    '{file}, line {line}: rule {rule} stands in it twice.',
  ),
  'pack-text-parameter': operator(
    422,
    '{file}, regel {line}: de tekst van regel {rule} vraagt {name}, en params geeft dat niet.',
    '{file}, ligne {line} : le texte de la règle {rule} demande {name}, que params ne donne pas.',
    '{file}, Zeile {line}: der Text der Regel {rule} fragt {name}, und params gibt das nicht.',
    '{file}, line {line}: the text of rule {rule} asks for {name}, which params does not give.',
  ),
  'pack-case-missing': operator(
    422,
    '{file}: regel {rule} heeft geen geval dat {outcome} geeft. Elke regel heeft er een dat moet falen en een dat moet slagen.',
    '{file} : la règle {rule} n’a aucun cas qui donne {outcome}. Chaque règle en a un qui doit échouer et un qui doit passer.',
    '{file}: Regel {rule} hat keinen Fall, der {outcome} ergibt. Jede Regel hat einen, der scheitern muss, und einen, der bestehen muss.',
    '{file}: rule {rule} has no case that gives {outcome}. Every rule has one that must fail and one that must pass.',
  ),
  'pack-case-rule-unknown': operator(
    422,
    '{file}, regel {line}: het geval noemt regel {rule}, en die staat niet in het pakket.',
    '{file}, ligne {line} : le cas nomme la règle {rule}, absente du paquet.',
    '{file}, Zeile {line}: der Fall nennt Regel {rule}, die nicht im Paket steht.',
    '{file}, line {line}: the case names rule {rule}, which is not in the pack.',
  ),
  'rule-workers-full': {
    status: 503,
    temporary: true,
    actor: 'nobody',
    text: {
      nl: 'De controles hebben {limit} partijen in de rij; deze past er niet meer bij. Probeer het zo opnieuw.',
      fr: 'Les contrôles ont {limit} lots en file ; celui-ci n’y entre plus. Réessayez sous peu.',
      de: 'Die Prüfungen haben {limit} Posten in der Reihe; dieser passt nicht mehr dazu. Versuchen Sie es gleich wieder.',
      en: 'The checks have {limit} batches in line; this one does not fit any more. Try again shortly.',
    },
  },
  'rule-workers-closed': {
    status: 503,
    temporary: true,
    actor: 'nobody',
    text: {
      nl: 'De controles op dit knooppunt stoppen; een ander knooppunt neemt het over.',
      fr: 'Les contrôles de ce nœud s’arrêtent ; un autre nœud prend le relais.',
      de: 'Die Prüfungen auf diesem Knoten halten an; ein anderer Knoten übernimmt.',
      en: 'The checks on this node are stopping; another node takes over.',
    },
  },
} as const satisfies Record<string, ErrorRow>
