import type { ErrorRow } from './row.ts'

/** What is wrong with an HL7v2 message or with the line it comes over. `{field}` is a field such as OBX-5. */

function sender(status: number, nl: string, fr: string, de: string, en: string) {
  return { status, temporary: false, actor: 'sender', text: { nl, fr, de, en } } as const satisfies ErrorRow
}

const unreadable = {
  'hl7-not-recognised': sender(
    422,
    'Hierin staat geen HL7v2-bericht: geen regel begint met MSH. De bytes zijn bewaard.',
    'Il n’y a pas de message HL7v2 ici : aucune ligne ne commence par MSH. Les octets sont conservés.',
    'Hier steht keine HL7v2-Nachricht: keine Zeile beginnt mit MSH. Die Bytes sind gespeichert.',
    'There is no HL7v2 message in this: no line begins with MSH. The bytes are kept.',
  ),
  'hl7-utf-16': sender(
    422,
    'Dit is HL7v2 in UTF-16, waarvan geen uitslag gelezen is. Stuur het in UTF-8 of 8859/1. De bytes zijn bewaard.',
    'Ceci est du HL7v2 en UTF-16, dont aucun résultat n’a été lu. Envoyez-le en UTF-8 ou 8859/1. Les octets sont conservés.',
    'Dies ist HL7v2 in UTF-16, aus dem kein Ergebnis gelesen wurde. Senden Sie es in UTF-8 oder 8859/1. Die Bytes sind gespeichert.',
    'This is HL7v2 in UTF-16, of which no result was read. Send it in UTF-8 or 8859/1. The bytes are kept.',
  ),
  'hl7-too-many-results': sender(
    422,
    'Het bericht heeft meer uitslagen, of meer tekst bij elke uitslag, dan in één bericht past (hoogstens {limit} uitslagen). Splits het.',
    'Le message compte plus de résultats, ou plus de texte pour chacun, qu’un message n’en contient (au plus {limit} résultats). Scindez-le.',
    'Die Nachricht hat mehr Ergebnisse oder mehr Text je Ergebnis, als in eine Nachricht passen (höchstens {limit} Ergebnisse). Teilen Sie sie.',
    'The message holds more results, or more text for each, than fits one message (at most {limit} results). Split it.',
  ),
  'hl7-results-lost': {
    status: 422,
    temporary: false,
    actor: 'operator',
    text: {
      nl: 'In de bytes staan {counted} uitslagen (OBX) en er zijn er {read} gelezen. Niets is doorgegeven; de bytes zijn bewaard.',
      fr: 'Les octets comptent {counted} résultats (OBX) et {read} ont été lus. Rien n’est transmis ; les octets sont conservés.',
      de: 'In den Bytes stehen {counted} Ergebnisse (OBX), gelesen wurden {read}. Nichts ist weitergegeben; die Bytes sind gespeichert.',
      en: 'The bytes hold {counted} results (OBX) and {read} were read. Nothing is passed on; the bytes are kept.',
    },
  },
} as const satisfies Record<string, ErrorRow>

const refused = {
  'hl7-result-without-code': sender(
    422,
    'Deze uitslag (OBX) zegt niet wat er gemeten is: OBX-3 is leeg.',
    'Ce résultat (OBX) ne dit pas ce qui est mesuré : OBX-3 est vide.',
    'Dieses Ergebnis (OBX) sagt nicht, was gemessen wurde: OBX-3 ist leer.',
    'This result (OBX) does not say what was measured: OBX-3 is empty.',
  ),
  'hl7-result-without-message': sender(
    422,
    'Deze uitslag (OBX) staat buiten elk bericht: er gaat geen MSH aan vooraf.',
    'Ce résultat (OBX) est hors de tout message : aucun MSH ne le précède.',
    'Dieses Ergebnis (OBX) steht außerhalb jeder Nachricht: kein MSH geht voraus.',
    'This result (OBX) stands outside every message: no MSH comes before it.',
  ),
  'hl7-separator-other': sender(
    422,
    'Deze uitslag (OBX) gebruikt een ander scheidingsteken dan MSH-1 van het bericht.',
    'Ce résultat (OBX) emploie un autre séparateur que MSH-1 du message.',
    'Dieses Ergebnis (OBX) verwendet ein anderes Trennzeichen als MSH-1 der Nachricht.',
    'This result (OBX) uses another separator than MSH-1 of the message.',
  ),
  'hl7-patient-missing': sender(
    422,
    'Bij deze uitslag staat niet van wie zij is: geen PID met een nummer of een naam.',
    'Ce résultat ne dit pas de qui il est : pas de PID avec un numéro ou un nom.',
    'Bei diesem Ergebnis steht nicht, von wem es ist: kein PID mit Nummer oder Name.',
    'Nothing says whose result this is: no PID with a number or a name.',
  ),
} as const satisfies Record<string, ErrorRow>

const doubtful = {
  'hl7-charset': sender(
    422,
    'De bytes passen niet bij wat MSH-18 zegt, of MSH-18 is leeg en het is geen UTF-8. Gelezen als {charset}.',
    'Les octets ne répondent pas à MSH-18, ou MSH-18 est vide et ce n’est pas de l’UTF-8. Lu comme {charset}.',
    'Die Bytes passen nicht zu MSH-18, oder MSH-18 ist leer und es ist kein UTF-8. Gelesen als {charset}.',
    'The bytes do not fit what MSH-18 says, or MSH-18 is empty and they are not UTF-8. Read as {charset}.',
  ),
  'hl7-nul': sender(
    422,
    'In {field} staat een NUL-teken (00). Het is weggelaten.',
    '{field} contient un caractère NUL (00). Il est omis.',
    'In {field} steht ein NUL-Zeichen (00). Es ist weggelassen.',
    '{field} holds a NUL character (00). It is left out.',
  ),
  'hl7-time-unreadable': sender(
    422,
    'In {field} staat geen tijd van de vorm JJJJMMDDUUMM. Zij is niet gebruikt.',
    '{field} ne contient pas de moment de la forme AAAAMMJJHHMM. Il n’est pas utilisé.',
    'In {field} steht keine Zeit der Form JJJJMMTTHHMM. Sie wird nicht verwendet.',
    '{field} holds no time of the form YYYYMMDDHHMM. It is not used.',
  ),
  'hl7-time-twice': sender(
    422,
    '{field} valt in het uur dat de klok in oktober twee keer aanwijst, zonder tijdzone. Stuur de tijd met tijdzone.',
    '{field} tombe dans l’heure que l’horloge montre deux fois en octobre, sans fuseau. Envoyez l’heure avec fuseau.',
    '{field} fällt in die Stunde, die die Uhr im Oktober zweimal zeigt, ohne Zeitzone. Senden Sie die Zeit mit Zeitzone.',
    '{field} falls in the hour the clock shows twice in October, without a zone. Send the time with its zone.',
  ),
  'hl7-time-never': sender(
    422,
    '{field} valt in het uur dat de klok in maart overslaat. De klok van de verzender staat verkeerd.',
    '{field} tombe dans l’heure que l’horloge saute en mars. L’horloge de l’expéditeur est déréglée.',
    '{field} fällt in die Stunde, die die Uhr im März überspringt. Die Uhr des Absenders geht falsch.',
    '{field} falls in the hour the clock leaps over in March. The sender’s clock is wrong.',
  ),
  'hl7-number-unreadable': sender(
    422,
    '{field} heet een getal te zijn en is er geen. De waarde is als tekst bewaard.',
    '{field} devrait être un nombre et ne l’est pas. La valeur est gardée comme texte.',
    '{field} soll eine Zahl sein und ist keine. Der Wert ist als Text gespeichert.',
    '{field} is said to be a number and is none. The value is kept as text.',
  ),
  'hl7-number-ambiguous': sender(
    422,
    'De komma in {field} kan duizendtallen of decimalen scheiden. De waarde is als tekst bewaard.',
    'La virgule de {field} peut séparer des milliers ou des décimales. La valeur est gardée comme texte.',
    'Das Komma in {field} kann Tausender oder Dezimalen trennen. Der Wert ist als Text gespeichert.',
    'The comma in {field} may stand between thousands or before decimals. The value is kept as text.',
  ),
  'hl7-value-not-repeated': sender(
    422,
    'OBX-11 is U: een eerder gezonden waarde is nu definitief, maar {field} herhaalt haar niet. De eerdere waarde blijft zoals zij was.',
    'OBX-11 est U : une valeur déjà envoyée est maintenant définitive, mais {field} ne la répète pas. La valeur antérieure reste telle quelle.',
    'OBX-11 ist U: ein früher gesendeter Wert ist jetzt endgültig, aber {field} wiederholt ihn nicht. Der frühere Wert bleibt, wie er war.',
    'OBX-11 is U: a value sent before is final now, but {field} does not repeat it. The earlier value stays as it was.',
  ),
  'hl7-status-unknown': sender(
    422,
    'De status in {field} staat niet in tabel 0085 (OBX-11) of 0123 (OBR-25). De uitslag geldt niet als definitief.',
    'Le statut de {field} n’est pas dans la table 0085 (OBX-11) ni 0123 (OBR-25). Le résultat ne vaut pas comme définitif.',
    'Der Status in {field} steht nicht in Tabelle 0085 (OBX-11) oder 0123 (OBR-25). Das Ergebnis gilt nicht als endgültig.',
    'The status in {field} is not in table 0085 (OBX-11) or 0123 (OBR-25). The result does not count as final.',
  ),
} as const satisfies Record<string, ErrorRow>

const line = {
  'mllp-source-unknown': sender(
    403,
    'Geen laboratorium dat hier bekend is zendt vanaf {address} met deze MSH-3 en MSH-4. Dit bericht is niet bewaard.',
    'Aucun laboratoire connu ici n’envoie depuis {address} avec ces MSH-3 et MSH-4. Ce message n’est pas conservé.',
    'Kein hier bekanntes Labor sendet von {address} mit diesem MSH-3 und MSH-4. Diese Nachricht ist nicht gespeichert.',
    'No laboratory known here sends from {address} with this MSH-3 and MSH-4. This message is not stored.',
  ),
  'mllp-noise': sender(
    400,
    'Op deze lijn kwam te veel buiten de berichten (VT ... FS CR). Zij is gesloten.',
    'Trop d’octets sont arrivés hors des messages (VT ... FS CR) sur cette ligne. Elle est fermée.',
    'Auf dieser Leitung kam zu viel außerhalb der Nachrichten (VT ... FS CR) an. Sie ist geschlossen.',
    'Too much came over this line outside messages (VT ... FS CR). It is closed.',
  ),
  'mllp-frame-unfinished': sender(
    400,
    'Een bericht was niet afgesloten (FS CR) toen het volgende begon. Het is niet bewaard en niet bevestigd.',
    'Un message n’était pas clos (FS CR) quand le suivant a commencé. Il n’est ni conservé ni confirmé.',
    'Eine Nachricht war nicht beendet (FS CR), als die nächste begann. Sie ist weder gespeichert noch bestätigt.',
    'A message was not ended (FS CR) when the next one began. It is neither stored nor acknowledged.',
  ),
} as const satisfies Record<string, ErrorRow>

export const hl7v2Errors = { ...unreadable, ...refused, ...doubtful, ...line } as const
