import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openApi } from '../../src/contract/openapi.ts'

type Json = Readonly<Record<string, unknown>>

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], value)

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ ...openApi, $id: 'https://sluis.example/openapi' })
const known = new Map<string, ValidateFunction>()

/** What an answer holds that the contract does not say, or the other way round; nothing when they agree. */
export function contractFaults(method: 'get' | 'post', path: string, status: number, body: Json): string[] {
  const said = at(openApi.paths, path, method, 'responses', String(status))
  if (said === undefined) return [`${method} ${path}: ${status} is not in the contract`]
  const [schema] = Object.values((at(said, 'content') ?? {}) as Json).map((one) => at(one, 'schema', '$ref'))
  if (typeof schema !== 'string') return [`${method} ${path}: ${status} has no schema`]
  const check = known.get(schema) ?? ajv.compile({ $ref: `https://sluis.example/openapi${schema}` })
  known.set(schema, check)
  const wrong = check(body) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  const members = membersOf(schema)
  return [
    ...wrong,
    ...Object.keys(body)
      .filter((name) => !members.has(name))
      .map((name) => `${name} is not described`),
  ]
}

function membersOf(ref: string): Set<string> {
  const schema = at(openApi, ...ref.slice(2).split('/'))
  const parts = [schema, ...((at(schema, 'allOf') ?? []) as unknown[])]
  return new Set(
    parts.flatMap((part) => {
      const inner = at(part, '$ref')
      return typeof inner === 'string' ? [...membersOf(inner)] : Object.keys((at(part, 'properties') ?? {}) as Json)
    }),
  )
}
