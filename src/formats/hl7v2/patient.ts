import { checkBsn } from '../../identifiers/bsn.ts'
import { checkInsz } from '../../identifiers/insz.ts'
import type { LabPatient, PatientIdentifier } from '../lab/observation.ts'
import type { Hl7Message, Segment } from './message.ts'
import { readMoment, type TimeContext } from './moment.ts'

/** The patient of results that no PID comes before. */
export const nobody: LabPatient = {
  identifiers: [],
  familyName: '',
  givenName: '',
  birthDate: '',
  sex: 'unknown',
  deceased: 'unknown',
  deceasedAt: null,
}

/**
 * Reads PID (HL7 v2.5.1 section 3.4.2): identifiers of PID-3 and, from older software, PID-2 and PID-4; name, birth date,
 * sex, and whether and when the person died. A number counts as INSZ or BSN when its sender says so or leaves it open, and
 * its check digits hold; every other number is local to its assigner.
 */
export function readPatient(segment: Segment, message: Hl7Message, time: TimeContext): LabPatient {
  const [name = ''] = message.repetitions(segment.field(5))
  const birth = readMoment(message.code(segment, 7), time)
  const deceasedAt = readMoment(message.code(segment, 29), time)
  const flag = message.code(segment, 30).toUpperCase()
  return {
    identifiers: identifiersOf(segment, message),
    familyName: nameText(message, name, 1),
    givenName: nameText(message, name, 2),
    birthDate: birth.state === 'read' ? birth.moment.at.slice(0, 10) : '',
    sex: sexOf(message.code(segment, 8)),
    deceased: flag === 'Y' ? 'yes' : flag === 'N' ? 'no' : deceasedAt.state === 'read' ? 'yes' : 'unknown',
    deceasedAt: deceasedAt.state === 'read' ? deceasedAt.moment : null,
  }
}

const nameText = (message: Hl7Message, raw: string, n: number): string => {
  const text = message.text(message.subcomponent(message.component(raw, n), 1)).trim()
  return text === '""' ? '' : text
}

/** HL7 table 0001. */
function sexOf(code: string): LabPatient['sex'] {
  switch (code.toUpperCase()) {
    case 'M':
      return 'male'
    case 'F':
      return 'female'
    case 'A':
    case 'O':
      return 'other'
    default:
      return 'unknown'
  }
}

function identifiersOf(segment: Segment, message: Hl7Message): readonly PatientIdentifier[] {
  const found = new Map<string, PatientIdentifier>()
  for (const n of [3, 2, 4]) {
    for (const raw of message.repetitions(segment.field(n))) {
      const identifier = identifierOf(raw, message)
      if (identifier !== null && !found.has(identifier.value)) found.set(identifier.value, identifier)
    }
  }
  return [...found.values()]
}

/** Software of Belgium and the Netherlands names these numbers in the assigner or in the type. */
const inszWords = /\b(?:INSZ|NISS|SSIN|RRN|RIJKSREGISTER\w*|NATREG|NNBEL|NNBE|NN|NI)\b|2\.16\.840\.1\.113883\.3\.4424/i
const bsnWords = /\b(?:BSN|NNNLD|NLMINBIZA|BURGERSERVICENUMMER|SOFI)\b|2\.16\.840\.1\.113883\.2\.4\.6\.3/i

function identifierOf(raw: string, message: Hl7Message): PatientIdentifier | null {
  const value = message.text(message.subcomponent(message.component(raw, 1), 1)).trim()
  if (value === '' || value === '""') return null
  const assigner = message.text(message.subcomponent(message.component(raw, 4), 1)).trim()
  const said = message.text(message.component(raw, 4)) + ' ' + message.text(message.component(raw, 5))
  const open = said.trim() === ''
  const digits = value.replace(/[.\- ]/g, '')
  if ((open || inszWords.test(said)) && checkInsz(digits).state === 'valid')
    return { scheme: 'insz', value: digits, assigner }
  const bsn = bsnWords.test(said) ? checkBsn(digits) : null
  if (bsn?.state === 'valid') return { scheme: 'bsn', value: bsn.nineDigits, assigner }
  return { scheme: 'local', value, assigner }
}
