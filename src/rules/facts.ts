import type { Coding, InterpretedObservation, LabPatient } from '../formats/lab/observation.ts'
import { readUcum } from '../formats/lab/ucum.ts'
import { checkBsn } from '../identifiers/bsn.ts'
import { checkInsz, type InszFacts } from '../identifiers/insz.ts'
import { checkLoinc } from '../identifiers/loinc.ts'
import type { RuleContext } from './subject.ts'

/**
 * What a rule may ask as `%facts.name` because FHIRPath cannot work it out: check digits, units, names. Each is worked out
 * when it is first asked for, and null where there is nothing to say.
 */
export class ObservationFacts {
  readonly #result: InterpretedObservation
  readonly #context: RuleContext
  #loincHolds: boolean | null = null
  #identifiersHold: boolean | null = null
  #insz: InszFacts | null = null
  #charactersLost: 'none' | 'meaning' | 'remark' | null = null

  constructor(result: InterpretedObservation, context: RuleContext) {
    this.#result = result
    this.#context = context
  }

  // What costs most is asked by several rules, and worked out once; what came to nothing costs little a second time.

  /** Every code that is declared as LOINC has its shape and check digit; null when none is. */
  get loincHolds(): boolean | null {
    return (this.#loincHolds ??= loincHolds(this.#result.code))
  }

  /** Every INSZ and BSN has its check digits; null when there is none. */
  get identifiersHold(): boolean | null {
    return (this.#identifiersHold ??= identifiersHold(this.#result.patient))
  }

  /** The birth date agrees with the INSZ, as far as both are known. */
  get birthDateFitsInsz(): boolean | null {
    const insz = (this.#insz ??= inszOf(this.#result.patient))
    return insz === null ? null : sameStart(insz.birthDate, this.#result.patient.birthDate)
  }

  /** The sex agrees with the INSZ; null for a number given out before it was known, and for a patient of neither. */
  get sexFitsInsz(): boolean | null {
    const insz = (this.#insz ??= inszOf(this.#result.patient))
    return insz === null ? null : sameSex(insz.sex, this.#result.patient.sex)
  }

  /** Name and birth date agree with the person the hub knows under this number. */
  get fitsKnownPerson(): boolean | null {
    const { known } = this.#context
    if (known === null || known === undefined) return null
    const { patient } = this.#result
    const birth = sameStart(known.birthDate, patient.birthDate)
    const name = sharesName(known.familyName, `${patient.familyName} ${patient.givenName}`)
    // One of the two may be a slip of the pen or a marriage; both together are another person.
    return birth === false && name === false ? false : birth === null && name === null ? null : true
  }

  /** Where characters were lost (U+FFFD): nowhere, in the meaning (name, code, unit, value), or in a remark. */
  get charactersLost(): 'none' | 'meaning' | 'remark' {
    return (this.#charactersLost ??= charactersLost(this.#result))
  }

  /** A name, unit, code, value or remark uses letters beyond ASCII. */
  get beyondAscii(): boolean {
    const { patient, code, value, notes } = this.#result
    const unit = value.state === 'quantity' || value.state === 'text' ? (value.unit?.text ?? '') : ''
    const said = value.state === 'text' ? value.text : ''
    return [patient.familyName, patient.givenName, textOf(code.original), unit, said, ...notes].some(isBeyondAscii)
  }

  /** The text of the value is a unit and no value. */
  get valueIsUnit(): boolean | null {
    const { value } = this.#result
    if (value.state !== 'text') return null
    const text = value.text.trim()
    if (text === '' || /\d/.test(text) || !/[/%]/.test(text)) return false
    return [text, text.toLowerCase(), text.toLowerCase().replace(/l\b/g, 'L')].some(
      (one) => readUcum(one).state === 'valid',
    )
  }

  /**
   * How many times this value is the patient's last one, both in the analyte's own unit; never below 1: 88 after 1 is 88,
   * and so is 1 after 88.
   */
  get timesPrevious(): number | null {
    const value = this.#result.mapped.canonical
    const before = this.#context.previous?.mapped.canonical ?? null
    if (value === null || before === null || value.unit !== before.unit) return null
    if (value.value <= 0 || before.value <= 0) return null
    const times = value.value / before.value
    return times < 1 ? 1 / times : times
  }
}

function loincHolds({ original, alternates }: InterpretedObservation['code']): boolean | null {
  const declared = [original, ...alternates].filter(({ system, code }) => system === 'loinc' && code !== '')
  return declared.length === 0 ? null : declared.every(({ code }) => checkLoinc(code).state === 'valid')
}

function identifiersHold({ identifiers }: LabPatient): boolean | null {
  const checked = identifiers.filter(({ scheme }) => scheme !== 'local')
  if (checked.length === 0) return null
  return checked.every(({ scheme, value }) => (scheme === 'insz' ? checkInsz : checkBsn)(value).state === 'valid')
}

function charactersLost(result: InterpretedObservation): 'none' | 'meaning' | 'remark' {
  const { patient, code, value, notes, order } = result
  const unit = value.state === 'quantity' || value.state === 'text' ? (value.unit?.text ?? '') : ''
  const said = value.state === 'text' ? value.text : value.state === 'coded' ? value.codings.map(textOf).join() : ''
  const meaning = [patient.familyName, patient.givenName, textOf(code.original), unit, said]
  if (meaning.some(hasLost)) return 'meaning'
  return [...notes, ...(order.notes ?? []), order.panel?.text ?? ''].some(hasLost) ? 'remark' : 'none'
}

function inszOf(patient: LabPatient): InszFacts | null {
  const number = patient.identifiers.find(({ scheme }) => scheme === 'insz')
  if (number === undefined) return null
  const found = checkInsz(number.value)
  return found.state === 'valid' ? found : null
}

/** Whether two dates agree as far as both are known; null when one is not there. */
function sameStart(a: string, b: string): boolean | null {
  const known = Math.min(a.length, b.length, 10)
  return known < 4 ? null : a.slice(0, known) === b.slice(0, known)
}

function sameSex(a: string, b: string): boolean | null {
  const plain = ['male', 'female']
  return plain.includes(a) && plain.includes(b) ? a === b : null
}

/** Whether two names share a part of two letters or more: a double name, a name by marriage, a name with and without `van`. */
function sharesName(a: string, b: string): boolean | null {
  const left = partsOf(a)
  const right = partsOf(b)
  if (left.length === 0 || right.length === 0) return null
  return left.some((part) => right.includes(part))
}

const particles: ReadonlySet<string> = new Set('van,de,den,der,ter,ten,von,du,la,le,el,al,di,da,dos,bin,ben'.split(','))

function partsOf(name: string): string[] {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.split(/[^\p{L}]+/u).filter((part) => part.length > 1 && !particles.has(part))
}

function textOf(coding: Coding): string {
  return `${coding.code} ${coding.text}`
}

function hasLost(text: string): boolean {
  return text.includes('\uFFFD')
}

function isBeyondAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7e) return true
  return false
}
