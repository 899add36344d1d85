import type { ErrorRow } from './row.ts'

function operator(status: number, nl: string, fr: string, de: string, en: string) {
  return { status, temporary: false, actor: 'operator', text: { nl, fr, de, en } } as const satisfies ErrorRow
}

/** Why a version of a rule pack is not installed, rolled out or undone. */
export const packErrors = {
  'pack-unknown': operator(
    404,
    'Er is geen versie {version} van pakket {pack}. Kijk met `sluis pack list` welke er zijn.',
    'Il n’existe pas de version {version} du paquet {pack}. Voyez avec `sluis pack list` lesquelles existent.',
    'Es gibt keine Version {version} von Paket {pack}. Welche es gibt, zeigt `sluis pack list`.',
    'There is no version {version} of pack {pack}. `sluis pack list` shows which there are.',
  ),
  'pack-version-taken': operator(
    409,
    'Versie {version} van {pack} bestaat al met een andere inhoud. Geef de nieuwe inhoud een nieuw nummer.',
    'La version {version} de {pack} existe déjà avec un autre contenu. Donnez un nouveau numéro au nouveau contenu.',
    'Version {version} von {pack} gibt es schon mit anderem Inhalt. Geben Sie dem neuen Inhalt eine neue Nummer.',
    'Version {version} of {pack} exists with another content. Give the new content a new number.',
  ),
  'pack-source-unknown': operator(
    422,
    'Er is geen afzender {source}.',
    'Il n’y a pas d’expéditeur {source}.',
    'Es gibt keinen Absender {source}.',
    'There is no sender {source}.',
  ),
  'pack-not-active': operator(
    409,
    'Van {pack} telt voor {source} geen versie die ongedaan gemaakt kan worden.',
    'Aucune version de {pack} ne compte pour {source} ; il n’y a rien à annuler.',
    'Von {pack} gilt für {source} keine Version, die rückgängig gemacht werden kann.',
    'No version of {pack} counts for {source} that could be undone.',
  ),
  'pack-findings-unjudged': operator(
    409,
    'Zonder een versie van {pack} die telt, kan niemand zeggen of een formulier met een bevinding doorgaat. Activeer een andere versie in plaats van deze weg te nemen; wat gelezen is wacht.',
    'Sans version de {pack} en vigueur, nul ne peut dire si un formulaire avec un constat passe. Activez une autre version au lieu de retirer celle-ci ; ce qui est lu attend.',
    'Ohne eine Version von {pack}, die gilt, kann niemand sagen, ob ein Formular mit einem Befund durchgeht. Aktivieren Sie eine andere Version, statt diese zu entfernen; was gelesen ist, wartet.',
    'Without a version of {pack} that counts nobody can say whether a form with a finding passes. Activate another version instead of taking this one away; what was read waits.',
  ),
  'pack-stands-already': operator(
    409,
    'Versie {version} van {pack} staat al zo ({mode}).',
    'La version {version} de {pack} est déjà dans cet état ({mode}).',
    'Version {version} von {pack} steht schon so ({mode}).',
    'Version {version} of {pack} stands so already ({mode}).',
  ),
  'pack-step-missing': operator(
    409,
    'Versie {version} van {pack} kan nog niet naar {mode}: eerst {step}.',
    'La version {version} de {pack} ne peut pas encore passer à {mode} : d’abord {step}.',
    'Version {version} von {pack} kann noch nicht nach {mode}: zuerst {step}.',
    'Version {version} of {pack} cannot go to {mode} yet: first {step}.',
  ),
  'pack-report-missing': operator(
    409,
    'Voor {pack} {version} is er geen afgerond verslag over de geschiedenis. Probeer de versie eerst: sluis pack try {pack} {version}.',
    'Il n’y a pas de rapport achevé sur l’historique pour {pack} {version}. Essayez d’abord la version : sluis pack try {pack} {version}.',
    'Für {pack} {version} gibt es keinen fertigen Bericht über die Geschichte. Versuchen Sie die Version zuerst: sluis pack try {pack} {version}.',
    'There is no finished report over history for {pack} {version}. Try the version first: sluis pack try {pack} {version}.',
  ),
  'pack-report-stale': operator(
    409,
    'Verslag {report} over {pack} {version} geldt niet meer: sindsdien kwamen er {more} gegevens bij. Probeer de versie opnieuw.',
    'Le rapport {report} sur {pack} {version} ne vaut plus : {more} données sont arrivées depuis. Essayez la version à nouveau.',
    'Bericht {report} über {pack} {version} gilt nicht mehr: seitdem kamen {more} Daten dazu. Versuchen Sie die Version noch einmal.',
    'Report {report} on {pack} {version} does not hold any more: {more} records came since. Try the version again.',
  ),
  'pack-report-overtaken': operator(
    409,
    'Verslag {report} over {pack} {version} geldt niet meer: sindsdien geldt een andere versie, of werd er een ongedaan gemaakt of gestopt. Probeer de versie opnieuw.',
    'Le rapport {report} sur {pack} {version} ne vaut plus : depuis, une autre version compte, ou une version a été annulée ou retirée. Essayez la version à nouveau.',
    'Bericht {report} über {pack} {version} gilt nicht mehr: seitdem gilt eine andere Version, oder eine wurde rückgängig gemacht oder beendet. Versuchen Sie die Version noch einmal.',
    'Report {report} on {pack} {version} does not hold any more: since then another version counts, or one was undone or retired. Try the version again.',
  ),
  'pack-withholds-too-much': operator(
    409,
    '{pack} {version} zou {count} van {records} gegevens van {sender} gaan achterhouden door regel {rule} ({share} %; de grens is {limit} %). Een tweede persoon kan dit bevestigen met een reden.',
    '{pack} {version} retiendrait {count} des {records} données de {sender} par la règle {rule} ({share} % ; la limite est de {limit} %). Une deuxième personne peut le confirmer avec un motif.',
    '{pack} {version} würde {count} von {records} Daten von {sender} durch Regel {rule} zurückhalten ({share} %; die Grenze ist {limit} %). Eine zweite Person kann das mit Begründung bestätigen.',
    '{pack} {version} would withhold {count} of {records} records of {sender} by rule {rule} ({share} %; the limit is {limit} %). A second person can confirm this with a reason.',
  ),
  'pack-concentrated': operator(
    409,
    'Van alles wat {pack} {version} zou gaan achterhouden, komt {share} % van {sender} ({count} gegevens, vooral regel {rule}). Dat lijkt op een regel die één bron verkeerd beoordeelt. Een tweede persoon kan dit bevestigen met een reden.',
    'De tout ce que {pack} {version} retiendrait, {share} % vient de {sender} ({count} données, surtout la règle {rule}). Cela ressemble à une règle qui juge mal une source. Une deuxième personne peut le confirmer avec un motif.',
    'Von allem, was {pack} {version} zurückhalten würde, kommen {share} % von {sender} ({count} Daten, vor allem Regel {rule}). Das sieht nach einer Regel aus, die eine Quelle falsch beurteilt. Eine zweite Person kann das mit Begründung bestätigen.',
    'Of all that {pack} {version} would withhold, {share} % comes from {sender} ({count} records, mostly rule {rule}). That looks like a rule that misjudges one source. A second person can confirm this with a reason.',
  ),
  'pack-second-person': operator(
    409,
    'Dit vraagt een tweede persoon: {actor} kan niet zelf bevestigen.',
    'Ceci demande une deuxième personne : {actor} ne peut pas confirmer soi-même.',
    'Das verlangt eine zweite Person: {actor} kann nicht selbst bestätigen.',
    'This wants a second person: {actor} cannot confirm it alone.',
  ),
  'pack-report-unknown': operator(
    404,
    'Er is geen verslag {report}.',
    'Il n’y a pas de rapport {report}.',
    'Es gibt keinen Bericht {report}.',
    'There is no report {report}.',
  ),
  'pack-report-counts': operator(
    409,
    'Verslag {report} beoordeelt wat bewaard is met {pack} {version}, die nu geldt. Tot het klaar is, hoort niemand wat die versie doorlaat; stoppen kan niet. Maak de activering ongedaan, dan stopt het ook.',
    'Le rapport {report} juge ce qui est conservé avec {pack} {version}, qui compte maintenant. Tant qu’il n’est pas fini, personne n’apprend ce que cette version laisse passer ; il ne peut être arrêté. Annulez l’activation et il s’arrête aussi.',
    'Bericht {report} beurteilt das Gespeicherte mit {pack} {version}, die jetzt gilt. Bis er fertig ist, erfährt niemand, was diese Version durchlässt; er lässt sich nicht anhalten. Machen Sie die Aktivierung rückgängig, dann hält auch er an.',
    'Report {report} judges what is stored by {pack} {version}, which counts now. Until it is done nobody is told what that version lets pass, so it cannot be stopped. Undo the activation and it stops as well.',
  ),
  'pack-proof-unknown': operator(
    404,
    'Activering {activation} maakt niets ongedaan; er is niets te bewijzen.',
    'L’activation {activation} n’annule rien ; il n’y a rien à prouver.',
    'Aktivierung {activation} macht nichts rückgängig; es gibt nichts zu beweisen.',
    'Activation {activation} undoes nothing; there is nothing to prove.',
  ),
  'record-not-withheld': operator(
    409,
    'Geen van de gekozen gegevens wordt nu ingehouden.',
    'Aucune des données choisies n’est retenue en ce moment.',
    'Keiner der gewählten Datensätze wird zurzeit zurückgehalten.',
    'None of the chosen records is withheld now.',
  ),
  'withheld-choice-changed': operator(
    409,
    'Er zijn nu {count} gegevens in plaats van {expected}. Kijk opnieuw voor u beslist.',
    'Il y a maintenant {count} données au lieu de {expected}. Regardez à nouveau avant de décider.',
    'Es sind jetzt {count} Datensätze statt {expected}. Sehen Sie noch einmal nach, bevor Sie entscheiden.',
    'There are {count} records now instead of {expected}. Look again before you decide.',
  ),
} as const satisfies Record<string, ErrorRow>
