import { hkdfSync } from 'node:crypto'
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
 * no patient and nobody can make one up.
 */
export function sealPage(keys: HubKeys, senderId: number, search: Search, after: Position, now: Date): string {
  const page: Page = { search, after, until: now.getTime() + life }
  return seal(keyOf(keys), Buffer.from(JSON.stringify(page)), `page ${senderId}`).toString('base64url')
}

/** Opens a page. Throws `fhir-page-unknown` for one that is not ours, not this client's, or older than a day. */
export function openPage(keys: HubKeys, senderId: number, text: string, now: Date): Pick<Page, 'search' | 'after'> {
  try {
    const page = JSON.parse(
      open(keyOf(keys), Buffer.from(text.slice(0, 8_000), 'base64url'), `page ${senderId}`).toString(),
    ) as Page
    if (page.until >= now.getTime()) return page
  } catch {
    // Told below: whoever made it up need not hear what was wrong with it.
  }
  throw new SluisError('fhir-page-unknown')
}
