import { cutText } from '../../kernel/cut-text.ts'
import type { Texts } from '../../kernel/language.ts'
import { checkInsz } from '../../identifiers/insz.ts'
import type { CodeList } from './code-list.ts'
import { crossRule, type Facts } from './cross-rules.ts'
import { compileField, isBlank, type CheckField } from './field.ts'
import type { FormFile, FormKind, SectionFile } from './form-file.ts'
import type { Faults, Moment } from './moment.ts'

/** One version of a form, ready to check with. */
export interface Form {
  readonly name: string
  readonly version: string
  readonly from: string
  readonly sunset: string | null
  readonly title: Texts
  /** Sections of the parts and of the form itself, in their order. */
  readonly sections: ReadonlyMap<string, SectionFile>
  readonly content: FormFile['content']
  readonly happened: string
  /** The kinds it can be of, the one of a form without its fact first. */
  readonly kinds: readonly FormKind[]
  /** Which kind switches and books count, given the section with the fact. */
  kindOf(content: unknown): FormKind
  /** Writes down every fault of one section; true when it is there and is an object. */
  checkSection(section: string, value: unknown, moment: Moment, faults: Faults): boolean
  /** Writes down what the rules over several fields find. */
  checkAcross(facts: Omit<Facts, 'lists' | 'insz'>, faults: Faults): void
}

/** How many unknown fields of one section are named one by one. */
const namedAtMost = 10

/** Compiles the file of a form; throws a `TypeError` in plain words when it names a list or rule that is not there. */
export function compileForm(
  file: FormFile,
  parts: readonly Readonly<Record<string, SectionFile>>[],
  lists: ReadonlyMap<string, CodeList>,
): Form {
  const sections = new Map([...parts, file.sections].flatMap((part) => Object.entries(part)))
  const checks = new Map([...sections].map(([name, section]) => [name, compileSection(name, section, lists)]))
  const across = file.rules.map(({ rule, severity }) => {
    const found = crossRule(rule)
    if (found === undefined)
      throw new TypeError(`${file.form} ${file.version} names the rule ${rule}, which is not there`)
    return { ...found, severity }
  })
  return {
    name: file.form,
    version: file.version,
    from: file.from,
    sunset: file.sunset,
    title: file.title,
    sections,
    content: file.content,
    happened: file.happened,
    kinds: typeof file.kind === 'string' ? [file.kind] : Object.values(file.kind.of),
    kindOf: kindFinder(file.kind),
    checkSection: (section, value, moment, faults) => checks.get(section)?.(value, moment, faults) ?? false,
    checkAcross({ subject, content, moment }, faults) {
      const insz = checkInsz(subject?.insz ?? '')
      const facts = { subject, insz: insz.state === 'valid' ? insz : null, content, moment, lists }
      // A rule must not be misled by what another rule found, so only the faults of single fields count.
      const wrong = faults.list.length === 0 ? null : new Set(faults.errorPaths())
      for (const { reads, find, severity } of across) {
        if (wrong !== null && reads.some((path) => wrong.has(path))) continue
        const found = find(facts)
        if (found !== null) faults.add(severity, found.code, found.path, found.params)
      }
    },
  }
}

function kindFinder(kind: FormFile['kind']): (content: unknown) => FormKind {
  if (typeof kind === 'string') return () => kind
  const kinds = new Map(Object.entries(kind.of))
  const first = kinds.values().next().value
  if (first === undefined) throw new TypeError('a form needs at least one kind')
  return (content) => kinds.get(String((content as Record<string, unknown> | undefined)?.[kind.field])) ?? first
}

type CheckSection = (value: unknown, moment: Moment, faults: Faults) => boolean

function compileSection(name: string, section: SectionFile, lists: ReadonlyMap<string, CodeList>): CheckSection {
  const fields = Object.entries(section.fields).map(([key, field]) => ({
    key,
    required: field.required,
    path: `/${name}/${key}`,
    params: { field: `${name}.${key}` },
    check: compileField(field, `${name}.${key}`, `/${name}/${key}`, lists) satisfies CheckField,
  }))
  const known = new Set(fields.map((field) => field.key))
  return (value, moment, faults) => {
    if (value === undefined || value === null) {
      if (section.required) faults.add('error', 'field-missing', `/${name}`, { field: name })
      return false
    }
    if (!isObject(value)) {
      faults.add('error', 'field-type', `/${name}`, { field: name, expected: 'object' })
      return false
    }
    for (const { key, required, path, params, check } of fields) {
      const item = value[key]
      if (item === undefined || item === null) {
        if (required) faults.add('error', 'field-missing', path, params)
      } else if (required || !isLeftOut(item)) check(item, moment, faults)
    }
    warnOfUnknown(value, known, `/${name}`, faults)
    return true
  }
}

/** Software that sends all its fields sends those that may be left out empty. */
export function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && isBlank(value))
}

/** Every key that the form does not know gives a warning; from the eleventh on only their number is told. */
export function warnOfUnknown(value: object, known: ReadonlySet<string>, path: string, faults: Faults): void {
  let unknown = 0
  for (const key in value) {
    if (known.has(key) || ++unknown > namedAtMost) continue
    const step = cutText(key, 60).replaceAll('~', '~0').replaceAll('/', '~1')
    faults.add('warning', 'field-unknown', `${path}/${step}`, {})
  }
  if (unknown > namedAtMost) faults.add('warning', 'fields-unknown', path, { count: unknown - namedAtMost })
}

/** Whether a JSON value is an object (and not an array). */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
