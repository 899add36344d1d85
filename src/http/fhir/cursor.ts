import { hkdfSync } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { SluisError } from '../../kernel/errors.ts'
import { open, seal, type HubKeys } from '../../kernel/keys.ts'
import type { Search } from './search-parameters.ts'

/** Where a page begins: after this moment and name, in the order of the search. */
export interface Position {
  readonly at: number
  readonly name: string
}

interface Page {
  readonly search: Search
  readonly after: Position
  readonly until: number
}

const life = 86_400_000
/** A request's head holds 16 kB, and more than an address stands in it. */
const longest = 14_000
/** What is shorter stays as it is, as nodes of an older version read it. */
const packedFrom = 5_000
const beginOfJson = '{'.charCodeAt(0)
const prepared = new WeakMap<Buffer, Buffer>()

function keyOf(keys: HubKeys): Buffer {
  const known = prepared.get(keys.wrap)
  if (known !== undefined) return known
  const made = Buffer.from(hkdfSync('sha256', keys.wrap, Buffer.alloc(0), 'sluis fhir page v1', 32))
  prepared.set(keys.wrap, made)
  return made
}

/**
 * The next page of a search as an opaque text: the whole search is in it, sealed for one client, so that the address names
 * no patient and nobody can make one up. Throws `fhir-parameter-value` when the search is too long for an address: a link that
 * nobody can follow would end the list early.
 */
export function sealPage(keys: HubKeys, senderId: number, search: Search, after: Position, now: Date): string {
  const page: Page = { search, after, until: now.getTime() + life }
  const plain = Buffer.from(JSON.stringify(page))
  const packed = plain.length < packedFrom ? plain : deflateSync(plain)
  const text = seal(keyOf(keys), packed, `page ${senderId}`).toString('base64url')
  if (text.length <= longest) return text
  const parameter = search.ids === null ? 'code, status, date' : '_id'
  throw new SluisError('fhir-parameter-value', { parameter, expected: '< 12 kB, _count=500' })
}

/** Opens a page. Throws `fhir-page-unknown` for one that is not ours, not this client's, or older than a day. */
export function openPage(keys: HubKeys, senderId: number, text: string, now: Date): Pick<Page, 'search' | 'after'> {
  try {
    const packed = open(keyOf(keys), Buffer.from(text.slice(0, longest), 'base64url'), `page ${senderId}`)
    const plain = packed[0] === beginOfJson ? packed : inflateSync(packed, { maxOutputLength: 1_000_000 })
    const page = JSON.parse(plain.toString()) as Page
    if (page.until >= now.getTime()) return page
  } catch {
    // Told below: whoever made it up need not hear what was wrong with it.
  }
  throw new SluisError('fhir-page-unknown')
}
