import type { FormCatalogue } from './catalogue.ts'
import { datePatterns } from './days.ts'
import { controlCharacters, identifierAtMost } from './field.ts'
import type { Form } from './form.ts'
import type { FieldFile, SectionFile } from './form-file.ts'

type Schema = Readonly<Record<string, unknown>>

const messageId = { type: 'string', pattern: '^[!-~]{1,64}$' }
/** What may be left out may be sent empty too. */
const leftOut = [{ type: 'null' }, { type: 'string', pattern: '^\\s*$' }] as const

/**
 * The JSON Schema (draft 2020-12) of one version of a form, printed from its file. It describes what a sender sends; what is
 * inside a number, dates against other dates and the days on which a code is in use are beyond a schema and are checked by
 * the hub alone. Code lists are printed with every code they ever held. Of everything else both say the same: what is valid
 * here is not refused there, and what is refused here is refused there.
 *
 * @example printJsonSchema(form, catalogue).$id // 'https://sluis.example/forms/rapid-test/2.0/schema.json'
 */
export function printJsonSchema(form: Form, catalogue: FormCatalogue): Schema {
  const sections = [...form.sections]
  const facts = sections.filter(([, section]) => section.fact)
  const always = sections.filter(([, section]) => !section.fact)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://sluis.example/forms/${form.name}/${form.version}/schema.json`,
    title: `${form.title.en} ${form.version}`,
    description: `${form.title.nl} / ${form.title.fr} / ${form.title.de}`,
    type: 'object',
    properties: {
      messageId,
      form: { const: form.name },
      version: { const: form.version },
      action: { anyOf: [{ enum: ['new', 'correct', 'withdraw'] }, ...leftOut], default: 'new' },
      ...propertiesOf(always, catalogue),
    },
    required: ['messageId', 'form', 'version', ...requiredOf(always)],
    // What a withdrawal says of the fact is not read; nor is a motive of what takes nothing back.
    oneOf: [
      {
        properties: { action: { const: 'withdraw' }, replaces: messageId, motive: plainText(500) },
        required: ['action', 'replaces', 'motive'],
      },
      {
        properties: propertiesOf(facts, catalogue),
        required: requiredOf(facts),
        oneOf: [
          { properties: { action: { anyOf: [{ const: 'new' }, ...leftOut] }, replaces: { anyOf: leftOut } } },
          {
            properties: {
              action: { const: 'correct' },
              replaces: messageId,
              motive: { anyOf: [plainText(500), ...leftOut] },
            },
            required: ['action', 'replaces'],
          },
        ],
      },
    ],
  }
}

type Sections = readonly (readonly [string, SectionFile])[]

const requiredOf = (sections: Sections): readonly string[] =>
  sections.filter(([, section]) => section.required).map(([name]) => name)

function propertiesOf(sections: Sections, catalogue: FormCatalogue): Schema {
  return Object.fromEntries(
    sections.map(([name, section]) => {
      const schema = sectionSchema(section, catalogue)
      return [name, section.required ? schema : { anyOf: [schema, { type: 'null' }] }]
    }),
  )
}

function sectionSchema(section: SectionFile, catalogue: FormCatalogue): Schema {
  const fields = Object.entries(section.fields)
  return {
    title: section.label.en,
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, field]) => [
        name,
        { title: field.label.en, ...orLeftOut(fieldSchema(field, catalogue), field) },
      ]),
    ),
    required: fields.filter(([, field]) => field.required).map(([name]) => name),
  }
}

function orLeftOut(schema: Schema, { required }: FieldFile): Schema {
  return required ? schema : { anyOf: [schema, ...leftOut] }
}

/** A text that is not blank and has no characters that cannot be seen; the length is in Unicode code points. */
function plainText(maxLength: number, pattern?: string): Schema {
  return {
    type: 'string',
    maxLength,
    pattern: '\\S',
    not: { pattern: controlCharacters },
    ...(pattern === undefined ? {} : { allOf: [{ pattern }] }),
  }
}

const identifierPatterns = {
  insz: '^[0-9]{11}$',
  'nihii-organisation': '^[0-9]{8}$',
  'nihii-professional': '^[0-9]{11}$',
  cnk: '^[0-9]{7}$',
} as const

function fieldSchema(field: FieldFile, catalogue: FormCatalogue): Schema {
  const strict = field.severity === 'error'
  switch (field.type) {
    case 'text':
      return plainText(field.max, strict ? field.pattern : undefined)
    case 'choice':
      return { enum: field.values }
    case 'code':
      return strict ? { enum: codesOf(field.list, catalogue) } : plainText(field.max)
    case 'identifier':
      return strict ? { type: 'string', pattern: identifierPatterns[field.identifier] } : plainText(identifierAtMost)
    case 'integer':
      return { type: 'integer', minimum: field.min, maximum: field.max }
    case 'date':
      return { type: 'string', format: 'date', pattern: datePatterns.date }
    // A time may be told to the minute, which the format date-time does not allow.
    default:
      return { type: 'string', pattern: datePatterns[field.type] }
  }
}

function codesOf(list: string, catalogue: FormCatalogue): readonly string[] {
  const versions = catalogue.lists.get(list)?.versions ?? []
  return [...new Set(versions.flatMap((version) => Object.keys(version.codes)))].sort()
}
