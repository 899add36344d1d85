import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One case of the published FHIRPath suite: an expression, what it stands on, and what it must give. */
export interface SuiteCase {
  readonly name: string
  readonly expression: string
  readonly root: object
  readonly wanted: 'error' | readonly string[]
  /** Only whether there is something counts. */
  readonly isPredicate: boolean
  readonly isOrdered: boolean
}

/** What came of an expression: its values, or that it gave none. */
export type Said = 'error' | readonly unknown[]

/** The cases of `r4/fhirpath/tests-fhir-r4.xml` in a checkout of fhir-test-cases, with their inputs as JSON. */
export function readSuite(folder: string): SuiteCase[] {
  const xml = readFileSync(join(folder, 'r4/fhirpath/tests-fhir-r4.xml'), 'utf8').replace(/<!--[\s\S]*?-->/g, '')
  return [...xml.matchAll(/<test\b([^>]*)>([\s\S]*?)<\/test>/g)].map(([, attributes = '', inside = '']) => {
    const [, told = '', expression = ''] = /<expression\b([^>]*)>([\s\S]*?)<\/expression>/.exec(inside) ?? []
    const outputs = [...inside.matchAll(/<output\b[^>]*?(?:\/>|>([\s\S]*?)<\/output>)/g)].map(([, text = '']) => text)
    return {
      name: attributeOf(attributes, 'name') ?? expression.slice(0, 40),
      expression: decoded(expression),
      root: inputNamed(folder, attributeOf(attributes, 'inputfile')),
      wanted: attributeOf(told, 'invalid') === null ? outputs.map(decoded) : 'error',
      isPredicate: attributeOf(attributes, 'predicate') === 'true',
      isOrdered: attributeOf(attributes, 'ordered') !== 'false',
    }
  })
}

/** Whether what came out is what the case wants: numbers as numbers, dates with or without their `@`. */
export function isWanted(one: SuiteCase, told: Said): boolean {
  if (one.wanted === 'error' || told === 'error') return one.wanted === told
  const found = one.isPredicate ? [told.length > 0] : told
  const [left, right] = [found.map((value) => plain(String(value))), one.wanted.map(plain)]
  if (!one.isOrdered) for (const list of [left, right]) list.sort()
  return left.length === right.length && left.every((text, at) => text === right[at])
}

function plain(text: string): string {
  const bare = text.trim().replace(/^@/, '')
  return /^-?\d+(?:\.\d+)?$/.test(bare) ? String(Number(bare)) : bare
}

const inputs = new Map<string, object>()

/** The inputs are XML in the suite; the same resources lie beside it as JSON. */
function inputNamed(folder: string, file: string | null): object {
  if (file === null) return {}
  const name = file.replace(/\.\w+$/, '.json')
  const place = ['r4', 'r4/examples', 'r5/examples']
    .map((at) => join(folder, at, name))
    .find((path) => existsSync(path))
  if (place === undefined) throw new Error(`the suite has no ${name}`)
  const known = inputs.get(place) ?? (JSON.parse(readFileSync(place, 'utf8')) as object)
  inputs.set(place, known)
  return known
}

function attributeOf(attributes: string, name: string): string | null {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? null
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) =>
    name === undefined
      ? String.fromCodePoint(Number.parseInt(hex ?? decimal!, hex ? 16 : 10))
      : (entities[name] ?? whole),
  )
}
