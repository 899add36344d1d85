import { isAscii, isUtf8 } from 'node:buffer'

/** How the bytes of one message are read as text. */
export interface Charset {
  /** Name as in HL7 table 0211, such as `UNICODE UTF-8` or `8859/1`. */
  readonly name: string
  /**
   * `fits`: what was declared, or nothing was declared and nothing had to be guessed. `assumed`: nothing was declared and
   * the bytes are not UTF-8. `contradicted`: the bytes are not what was declared, or nobody here knows that name.
   */
  readonly state: 'fits' | 'assumed' | 'contradicted'
  /** Text of one character a byte to readable text. */
  decode(text: string): string
}

/** Part 1, 2 ... 15 of ISO 8859; parts 12 and 14 (Celtic) aside, what a laboratory here could send. */
const parts8859 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 15]
const beyondAscii = /[\x80-\xff]/

/**
 * Chooses the character set of a message (HL7 v2.5.1 section 2.14.9.18): the declared one when the bytes allow it, else
 * UTF-8 when they are valid UTF-8, else the one agreed with the source. A character set is never guessed from likelihood.
 *
 * @param declared repetitions of MSH-18; the first one counts, a later `UNICODE UTF-8` when the first does not fit
 * @param fallback as in table 0211, such as `8859/1`
 * @example chooseCharset(Buffer.from('µmol/L', 'latin1'), [''], '8859/1').state // 'assumed'
 */
export function chooseCharset(bytes: Uint8Array, declared: readonly string[], fallback: string): Charset {
  const asked = declared.map((name) => name.trim().toUpperCase()).filter((name) => name !== '')
  const plain = isAscii(bytes)
  const [first = ''] = asked
  const utf8 = isUtf8(bytes)
  if (first === '') return utf8 ? charset('UNICODE UTF-8', 'fits') : charset(fallback, 'assumed')
  for (const name of asked) {
    const known = tableName(name)
    if (known === 'ASCII' ? plain : known === 'UNICODE UTF-8' ? utf8 : known !== null) return charset(known!, 'fits')
  }
  if (plain) return charset('ASCII', tableName(first) === null ? 'contradicted' : 'fits')
  return charset(utf8 ? 'UNICODE UTF-8' : fallback, 'contradicted')
}

/** The name of table 0211 for what senders write; null for one that is not read here. */
function tableName(name: string): string | null {
  if (name === 'ASCII' || name === 'ISO IR6' || name === 'US-ASCII') return 'ASCII'
  if (/^(?:UNICODE )?UTF-?8$/.test(name) || name === 'UNICODE') return 'UNICODE UTF-8'
  const part = /^(?:ISO[ -]?)?8859[/-](\d{1,2})$/.exec(name)?.[1]
  return part !== undefined && parts8859.includes(Number(part)) ? `8859/${part}` : null
}

function charset(name: string, state: Charset['state']): Charset {
  const decoder = decoderOf(name)
  const decode = (text: string): string => (beyondAscii.test(text) ? decoder(Buffer.from(text, 'latin1')) : text)
  return { name, state, decode }
}

const decoders = new Map<string, TextDecoder>()

/** At most one for each name of the table. */
function decoderOf(name: string): (bytes: Uint8Array) => string {
  // Part 1 is read as windows-1252, as the web does: it differs only where part 1 has control characters.
  const label = name === 'ASCII' || name === 'UNICODE UTF-8' ? 'utf-8' : name.replace('8859/', 'iso-8859-')
  const decoder = decoders.get(label) ?? new TextDecoder(label, { ignoreBOM: true })
  decoders.set(label, decoder)
  return (bytes) => decoder.decode(bytes)
}
