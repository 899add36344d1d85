/** The published versions that differ in what they accept, oldest first. */
export const schemaVersions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.3.2'] as const

export type SchemaVersion = (typeof schemaVersions)[number]

type Schema = Readonly<Record<string, unknown>>

/**
 * Our own JSON Schema (draft 2020-12) of the DCC payload in one version, written from the format's description: what each
 * version of the eHealth Network's schema accepts and refuses. One group is asked of all versions: the guidelines did
 * so from the start, the published schema only since 1.3.0. Unknown properties are allowed.
 */
export function dccSchema(version: SchemaVersion): Schema {
  const since = (first: SchemaVersion): boolean => schemaVersions.indexOf(version) >= schemaVersions.indexOf(first)
  const short = text(since('1.3.0') ? 80 : 50)
  const entryEnd = { co: { type: 'string', pattern: '[A-Z]{1,10}' }, is: short, ci: short }
  const groups = {
    v: group(vaccination(since('1.3.0') ? {} : { maximum: 9 }), entryEnd, since('1.3.0')),
    t: group(test(since('1.3.0'), since('1.2.0'), short), entryEnd, since('1.3.0')),
    r: group(recovery, entryEnd, since('1.3.0')),
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['ver', 'nam', 'dob'],
    oneOf: Object.keys(groups).map((name) => ({ required: [name] })),
    properties: {
      ver: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
      nam: name(short, since('1.3.2')),
      dob: { type: 'string', ...birthDate(since) },
      ...groups,
    },
  }
}

interface Entry {
  readonly required: readonly string[]
  readonly properties: Schema
}

const code = { type: 'string' }
const day = { type: 'string', format: 'date' }

function text(maxLength: number): Schema {
  return { type: 'string', maxLength }
}

function birthDate(since: (first: SchemaVersion) => boolean): Schema {
  if (since('1.3.0')) return { pattern: '^((19|20)\\d\\d(-\\d\\d){0,2})?$' }
  if (since('1.1.0')) return { pattern: '^(19|20)\\d\\d(-\\d\\d){0,2}$' }
  return { format: 'date', pattern: '(19|20)\\d{2}-\\d{2}-\\d{2}' }
}

function name(short: Schema, givenNameIsEnough: boolean): Schema {
  const machineReadable = { ...short, pattern: '^[A-Z<]*$' }
  return {
    type: 'object',
    ...(givenNameIsEnough ? { anyOf: [{ required: ['fnt'] }, { required: ['gnt'] }] } : { required: ['fnt'] }),
    properties: { fn: short, fnt: machineReadable, gn: short, gnt: machineReadable },
  }
}

function group(entry: Entry, end: Schema, single: boolean): Schema {
  return {
    type: 'array',
    minItems: 1,
    ...(single ? { maxItems: 1 } : {}),
    items: {
      type: 'object',
      required: [...entry.required, ...Object.keys(end)],
      properties: { ...entry.properties, ...end },
    },
  }
}

function vaccination(limit: Schema): Entry {
  const count = { type: 'integer', minimum: 1, ...limit }
  return {
    required: ['tg', 'vp', 'mp', 'ma', 'dn', 'sd', 'dt'],
    properties: { tg: code, vp: code, mp: code, ma: code, dn: count, sd: count, dt: day },
  }
}

/** Before 1.3.0 `tc` was required and `nm` had no limit; `dr`, the time of the result, was read before 1.2.0. */
function test(since130: boolean, resultTimeGone: boolean, short: Schema): Entry {
  const time = { type: 'string', format: 'date-time' }
  return {
    required: ['tg', 'tt', 'sc', 'tr', ...(since130 ? [] : ['tc'])],
    properties: {
      tg: code,
      tt: code,
      nm: since130 ? short : code,
      ma: code,
      sc: time,
      tr: code,
      tc: short,
      ...(resultTimeGone ? {} : { dr: time }),
    },
  }
}

const recovery: Entry = {
  required: ['tg', 'fr', 'df', 'du'],
  properties: { tg: code, fr: day, df: day, du: day },
}
