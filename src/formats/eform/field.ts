import type { Checked } from '../../identifiers/checked.ts'
import { checkCnk } from '../../identifiers/cnk.ts'
import { checkInsz } from '../../identifiers/insz.ts'
import { checkNihii } from '../../identifiers/nihii.ts'
import type { CodeList } from './code-list.ts'
import { dayBefore, isDay, isPartialDay, momentOf } from './days.ts'
import type { FieldFile } from './form-file.ts'
import type { Faults, Moment } from './moment.ts'

/** Looks at one value that is there and writes down what is wrong with it. */
export type CheckField = (value: unknown, moment: Moment, faults: Faults) => void

/** Characters of a number that is looked at at all: what is longer is no number with a slip in it. */
export const identifierAtMost = 40

type Of<Type extends FieldFile['type']> = Extract<FieldFile, { type: Type }>
/** Looks at a text that is known to be one. */
type CheckText = (text: string, moment: Moment, faults: Faults) => void

/** Compiles one field of a form into the function that checks it. `name` is `section.field`, `path` its JSON Pointer. */
export function compileField(
  file: FieldFile,
  name: string,
  path: string,
  lists: ReadonlyMap<string, CodeList>,
): CheckField {
  switch (file.type) {
    case 'integer':
      return checkInteger(file, name, path)
    case 'choice':
      return checkChoice(file, name, path)
    case 'text':
      return onText(name, path, file.max, checkPattern(file, name, path))
    case 'code':
      return onText(name, path, file.max, checkCode(file, name, path, lists))
    case 'identifier':
      return onText(name, path, identifierAtMost, checkIdentifier(file, name, path))
    default:
      return onText(name, path, 40, checkDate(file, name, path))
  }
}

/** A text without control characters that is not blank and not too long; only then the next check looks at it. */
function onText(field: string, path: string, max: number, next: CheckText): CheckField {
  return (value, moment, faults) => {
    if (typeof value !== 'string') return faults.add('error', 'field-type', path, { field, expected: 'string' })
    if (isLonger(value, max)) return faults.add('error', 'field-too-long', path, { field, max })
    if (hasControlCharacter(value)) return faults.add('error', 'field-control-character', path, { field })
    if (isBlank(value)) return faults.add('error', 'field-missing', path, { field })
    next(value, moment, faults)
  }
}

/** Longer than so many characters, as JSON Schema counts them (Unicode code points); most have as many units and no more. */
export function isLonger(text: string, max: number): boolean {
  if (text.length <= max) return false
  return text.length > 2 * max || Array.from(text).length > max
}

/** Empty, or only of spaces of some kind; a first letter of ASCII says at once that it is not. */
export function isBlank(text: string): boolean {
  if (text === '') return true
  const first = text.charCodeAt(0)
  return (first <= 0x20 || first >= 0xa0) && text.trim() === ''
}

/**
 * C0, DEL, C1, line separators, and what turns text around or cannot be seen: a name with these reads otherwise on a screen
 * than it is stored. The joiners U+200C and U+200D belong to real names and stay. A loop, because every text passes here.
 */
export function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
    if (code >= 0x200b && isHidden(code)) return true
  }
  return false
}

/** The same characters as a regular expression for a schema. */
export const controlCharacters =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]'

function isHidden(code: number): boolean {
  if (code === 0x200b || code === 0xfeff || code === 0x200e || code === 0x200f) return true
  return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
}

function checkInteger({ min, max, severity }: Of<'integer'>, field: string, path: string): CheckField {
  return (value, _moment, faults) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return faults.add('error', 'field-type', path, { field, expected: 'integer' })
    }
    if (value < min || value > max) faults.add(severity, 'field-range', path, { field, min, max })
  }
}

function checkChoice(file: Of<'choice'>, field: string, path: string): CheckField {
  const values: ReadonlySet<unknown> = new Set(file.values)
  const known = file.values.join(', ')
  return (value, _moment, faults) => {
    if (values.has(value)) return
    if (typeof value === 'string') faults.add(file.severity, 'choice-unknown', path, { field, known })
    else faults.add('error', 'field-type', path, { field, expected: 'string' })
  }
}

function checkPattern(file: Of<'text'>, field: string, path: string): CheckText {
  if (file.pattern === undefined) return () => undefined
  const pattern = new RegExp(file.pattern, 'u')
  return (text, _moment, faults) => {
    if (!pattern.test(text)) faults.add(file.severity, 'field-format', path, { field })
  }
}

function checkCode(
  { list: listName, severity }: Of<'code'>,
  field: string,
  path: string,
  lists: ReadonlyMap<string, CodeList>,
): CheckText {
  const list = lists.get(listName)
  if (list === undefined) throw new TypeError(`${field} names the code list ${listName}, which is not there`)
  return (code, { factDay }, faults) => {
    const answer = list.look(code, factDay)
    switch (answer.state) {
      case 'known':
        return
      case 'unknown':
        return faults.add(severity, 'code-unknown', path, { field, list: listName })
      case 'expired':
        return faults.add(severity, 'code-expired', path, { field, list: listName, till: answer.till })
      case 'early':
        return faults.add(severity, 'code-early', path, { field, list: listName, from: answer.from })
      case 'list-expired':
        return faults.add(severity, 'code-list-expired', path, { field, list: listName, till: answer.till })
    }
  }
}

const identifiers: Record<Of<'identifier'>['identifier'], { kind: string; check: (text: string) => Checked<object> }> =
  {
    insz: { kind: 'INSZ', check: checkInsz },
    cnk: { kind: 'CNK', check: checkCnk },
    'nihii-organisation': { kind: 'NIHII', check: (text) => ofKind('organisation', text) },
    'nihii-professional': { kind: 'NIHII', check: (text) => ofKind('professional', text) },
  }

function ofKind(kind: 'organisation' | 'professional', text: string): Checked<object> {
  const found = checkNihii(text)
  return found.state === 'valid' && found.kind !== kind ? { state: 'wrong', why: 'shape' } : found
}

const whyCode = {
  shape: 'identifier-shape',
  'check-digits': 'identifier-check-digits',
  'birth-date': 'identifier-birth-date',
} as const

function checkIdentifier({ identifier, severity }: Of<'identifier'>, field: string, path: string): CheckText {
  const { kind, check } = identifiers[identifier]
  return (text, _moment, faults) => {
    const found = check(text)
    if (found.state === 'wrong') faults.add(severity, whyCode[found.why], path, { field, kind })
  }
}

/** Five minutes in which the clock of a pharmacy may run ahead of ours. */
const clockSkew = 5 * 60_000

function checkDate(file: Of<'date' | 'partial-date' | 'date-time'>, field: string, path: string): CheckText {
  const exists = file.type === 'date' ? isDay : isPartialDay
  const { type, severity, notBefore, notAfter, olderThanDays } = file
  const lateBefore = olderThanDays === undefined ? () => '' : dayBeforeToday(olderThanDays)
  return (text, { received, today }, faults) => {
    const moment = type === 'date-time' ? momentOf(text) : null
    const readable = type === 'date-time' ? moment !== null : exists(text)
    if (!readable) return faults.add('error', 'date-unreadable', path, { field, expected: expectedDate[type] })
    const future = moment === null ? text > today : moment > received + clockSkew
    if (notAfter !== undefined && future) faults.add(severity, 'date-future', path, { field })
    if (notBefore !== undefined && text < notBefore) {
      faults.add(severity, 'date-too-early', path, { field, from: notBefore })
    }
    if (olderThanDays !== undefined && text < lateBefore(today)) {
      faults.add('warning', 'date-late', path, { field, days: olderThanDays })
    }
  }
}

const expectedDate = {
  date: 'YYYY-MM-DD',
  'partial-date': 'YYYY-MM-DD, YYYY-MM, YYYY',
  'date-time': 'YYYY-MM-DDThh:mm:ss+hh:mm',
} as const

/** The day so many days before today, worked out once a day. */
function dayBeforeToday(days: number): (today: string) => string {
  let lastToday = ''
  let day = ''
  return (today) => {
    if (today !== lastToday) day = dayBefore((lastToday = today), days)
    return day
  }
}
