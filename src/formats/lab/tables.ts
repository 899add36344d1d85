import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import { dataFolder } from '../../kernel/package-root.ts'
import {
  analytesFile,
  codesFile,
  headFile,
  unitsFile,
  type AnalyteEntry,
  type AnalytesFile,
  type CodesFile,
  type HeadFile,
  type UnitsFile,
} from './tables-file.ts'

/** One thing that laboratories measure. */
export interface Analyte extends AnalyteEntry {
  readonly name: string
}

export interface LoincMeaning {
  readonly analyte: Analyte
  readonly property: string | null
  /** The units this code leaves; null when its property decides. */
  readonly units: readonly string[] | null
}

/** One line of the files: what a spelling stands for, everywhere (`source` null) or for one source. */
export interface TableRow {
  readonly kind: 'code' | 'unit' | 'analyte' | 'system'
  readonly source: string | null
  readonly sent: string
  readonly means: string
}

/** One version of the tables, ready to be asked. Data only: the same files always make the same tables. */
export interface LabTables {
  /** Such as `lab-tables@1.0.0`. */
  readonly id: string
  /** SHA-256 over the files, hex: tells whether two nodes have the same tables. */
  readonly hash: string
  /** Every line of the files, in their order: codes, units, analytes, systems. */
  readonly rows: readonly TableRow[]
  /** The same as name and meaning, to be laid beside those of another version. */
  readonly lines: ReadonlyMap<string, string>
  readonly analytes: ReadonlyMap<string, Analyte>
  readonly byLoinc: ReadonlyMap<string, LoincMeaning>
  readonly byNhg: ReadonlyMap<string, Analyte>
  /** UCUM for a spelling, by source and then in general; undefined when no table has the spelling. */
  unitFor(source: string, spelling: string): string | undefined
  /** LOINC for a local code of a source; undefined when that source has no such line. */
  loincFor(source: string, code: string): string | undefined
  /** Our name of a code system, such as `nhg45`; the system as sent when no table knows it. */
  systemFor(system: string): string
}

export const tableFiles = ['table.yaml', 'units.yaml', 'codes.yaml', 'analytes.yaml'] as const

/** The files of one version of the tables, as text. */
export type TableTexts = Readonly<Record<(typeof tableFiles)[number], string>>

/**
 * Loads one version of the tables: `table.yaml`, `units.yaml`, `codes.yaml` and `analytes.yaml` of a folder. Throws a
 * `TypeError` that names every fault of all four files at once.
 *
 * @example loadTables(join(dataFolder, 'tables/lab-tables/1.0.0')).id // 'lab-tables@1.0.0'
 */
export function loadTables(folder: string): LabTables {
  return tablesFrom(folder, (name) => readFileSync(join(folder, name), 'utf8'))
}

/** The same from texts at hand; `place` is what a fault calls them. */
export function readTables(texts: TableTexts, place: string): LabTables {
  return tablesFrom(place, (name) => texts[name])
}

function tablesFrom(folder: string, textOf: (name: keyof TableTexts) => string): LabTables {
  const faults: string[] = []
  const texts: string[] = []
  const read = <Type>(name: keyof TableTexts, schema: z.ZodType<Type>): Type | null => {
    const file = join(folder, name)
    try {
      const text = textOf(name)
      texts.push(text)
      const found = schema.safeParse(parse(text, { prettyErrors: true, maxAliasCount: 100 }))
      if (found.success) return found.data
      for (const issue of found.error.issues) faults.push(`${file}: ${issue.path.join('.')} ${issue.message}`)
    } catch (error) {
      faults.push(`${file}: ${(error as Error).message.split('\n')[0]}`)
    }
    return null
  }
  const head = read('table.yaml', headFile)
  const units = read('units.yaml', unitsFile)
  const codes = read('codes.yaml', codesFile)
  const analytes = read('analytes.yaml', analytesFile)
  if (head !== null && analytes !== null)
    faults.push(...contradictions(head, analytes).map((one) => `${folder}: ${one}`))
  if (faults.length > 0 || head === null || units === null || codes === null || analytes === null) {
    throw new TypeError(faults.join('\n'))
  }
  return tablesOf(head, units, codes, analytes, hash('sha256', texts.join('\0'), 'hex'))
}

/** A code that stands for two analytes, a reference that is not there. */
function contradictions(head: HeadFile, analytes: AnalytesFile): string[] {
  const faults: string[] = []
  const owner = new Map<string, string>()
  for (const [name, entry] of Object.entries(analytes)) {
    for (const code of [...Object.keys(entry.loinc), ...entry.nhg45.map((number) => `nhg45 ${number}`)]) {
      const other = owner.get(code)
      if (other !== undefined) faults.push(`${code} stands for ${other} and for ${name}`)
      owner.set(code, name)
    }
    for (const { why } of Object.values(entry.conversions)) {
      if (!Object.hasOwn(head.references, why)) faults.push(`${name} names the reference ${why}, which is not there`)
    }
  }
  return faults
}

function tablesOf(
  head: HeadFile,
  units: UnitsFile,
  codes: CodesFile,
  entries: AnalytesFile,
  contentHash: string,
): LabTables {
  const analytes = new Map(Object.entries(entries).map(([name, entry]) => [name, { name, ...entry }]))
  const byLoinc = new Map<string, LoincMeaning>()
  const byNhg = new Map<string, Analyte>()
  for (const analyte of analytes.values()) {
    for (const [code, { property, units: own }] of Object.entries(analyte.loinc)) {
      byLoinc.set(code, { analyte, property, units: own ?? null })
    }
    for (const number of analyte.nhg45) byNhg.set(number, analyte)
  }
  const bySource = <Value>(of: Readonly<Record<string, Readonly<Record<string, Value>>>>) =>
    new Map(Object.entries(of).map(([source, lines]) => [source, new Map(Object.entries(lines))]))
  const general = new Map(Object.entries(units.general))
  const unitsBySource = bySource(units.sources)
  const codesBySource = bySource(codes.sources)
  const systems = new Map(
    Object.entries(head.systems).flatMap(([name, spellings]) => spellings.map((spelling) => [spelling, name])),
  )
  const rows = rowsOf(head, units, codes, entries)
  return {
    id: `${head.name}@${head.version}`,
    hash: contentHash,
    rows,
    lines: new Map(rows.map(lineOf)),
    analytes,
    byLoinc,
    byNhg,
    unitFor: (source, spelling) => unitsBySource.get(source)?.get(spelling) ?? general.get(spelling),
    loincFor: (source, code) => codesBySource.get(source)?.get(code),
    systemFor: (system) => systems.get(system) ?? system,
  }
}

function rowsOf(head: HeadFile, units: UnitsFile, codes: CodesFile, entries: AnalytesFile): TableRow[] {
  const bySource = (
    kind: TableRow['kind'],
    of: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): TableRow[] =>
    Object.entries(of).flatMap(([source, own]) =>
      Object.entries(own).map(([sent, means]): TableRow => ({ kind, source, sent, means })),
    )
  const general = (kind: TableRow['kind'], of: Readonly<Record<string, string>>): TableRow[] =>
    Object.entries(of).map(([sent, means]): TableRow => ({ kind, source: null, sent, means }))
  const entryTexts = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, JSON.stringify(entry)]))
  const spellings = Object.fromEntries(Object.entries(head.systems).map(([name, all]) => [name, all.join(' ')]))
  return [
    ...bySource('code', codes.sources),
    ...bySource('unit', units.sources),
    ...general('unit', units.general),
    ...general('analyte', entryTexts),
    ...general('system', spellings),
  ]
}

const lineOf = ({ source, sent, means }: TableRow): [string, string] => [
  source === null ? sent : `${source} ${sent}`,
  means,
]

let shipped: LabTables | undefined

/** The tables that come with the package, loaded once. */
export function shippedTables(): LabTables {
  return (shipped ??= loadTables(join(dataFolder, 'tables/lab-tables/1.0.0')))
}
