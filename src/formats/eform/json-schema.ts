import type { FormCatalogue } from './catalogue.ts'
import type { Form } from './form.ts'
import type { FieldFile, SectionFile } from './form-file.ts'

type Schema = Readonly<Record<string, unknown>>

const messageId = { type: 'string', pattern: '^[!-~]{1,64}$' }

/**
 * The JSON Schema (draft 2020-12) of one version of a form, printed from its file. It describes what a sender sends; check
 * digits, dates against today and the days on which a code is in use are beyond a schema and are checked by the hub alone.
 * Code lists are printed with every code they ever held.
 *
 * @example printJsonSchema(form, catalogue).$id // 'https://sluis.example/forms/rapid-test/2.0/schema.json'
 */
export function printJsonSchema(form: Form, catalogue: FormCatalogue): Schema {
  const sections = [...form.sections]
  const facts = sections.filter(([, section]) => section.fact && section.required).map(([name]) => name)
  const always = sections.filter(([, section]) => !section.fact && section.required).map(([name]) => name)
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
      action: { enum: ['new', 'correct', 'withdraw'], default: 'new' },
      replaces: { anyOf: [messageId, { type: 'null' }] },
      motive: { type: 'string', maxLength: 500 },
      ...Object.fromEntries(sections.map(([name, section]) => [name, sectionSchema(section, catalogue)])),
    },
    required: ['messageId', 'form', 'version', ...always],
    oneOf: [
      { properties: { action: { const: 'new' }, replaces: { type: 'null' } }, required: facts },
      { properties: { action: { const: 'correct' } }, required: ['action', 'replaces', ...facts] },
      { properties: { action: { const: 'withdraw' } }, required: ['action', 'replaces', 'motive'] },
    ],
  }
}

function sectionSchema(section: SectionFile, catalogue: FormCatalogue): Schema {
  const fields = Object.entries(section.fields)
  return {
    title: section.label.en,
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { title: field.label.en, ...orNull(fieldSchema(field, catalogue), field) }]),
    ),
    required: fields.filter(([, field]) => field.required).map(([name]) => name),
  }
}

/** A field that may be left out may also be null. */
function orNull(schema: Schema, { required }: FieldFile): Schema {
  return required ? schema : { anyOf: [schema, { type: 'null' }] }
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
      return {
        type: 'string',
        minLength: 1,
        maxLength: field.max,
        ...(field.pattern === undefined || !strict ? {} : { pattern: field.pattern }),
      }
    case 'choice':
      return { enum: field.values }
    case 'code':
      return strict ? { enum: codesOf(field.list, catalogue) } : { type: 'string', minLength: 1, maxLength: field.max }
    case 'identifier':
      return strict
        ? { type: 'string', pattern: identifierPatterns[field.identifier] }
        : { type: 'string', minLength: 1 }
    case 'integer':
      return { type: 'integer', minimum: field.min, maximum: field.max }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'partial-date':
      return { type: 'string', pattern: '^[1-9][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$' }
    default:
      return { type: 'string', format: 'date-time' }
  }
}

function codesOf(list: string, catalogue: FormCatalogue): readonly string[] {
  const versions = catalogue.lists.get(list)?.versions ?? []
  return [...new Set(versions.flatMap((version) => Object.keys(version.codes)))].sort()
}
