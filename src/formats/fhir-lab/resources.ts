/** A JSON object nobody has looked into yet. */
export type Json = Readonly<Record<string, unknown>>

/** A resource and where it stands. */
export interface Node {
  readonly resource: Json
  readonly type: string
  /** JSON Pointer into the message. */
  readonly path: string
  readonly fullUrl: string | null
  readonly scope: Scope
  /** For a contained resource, the one it is contained in. */
  readonly container: Node | null
  readonly contained: ReadonlyMap<string, Node>
}

/** The resources of one bundle; a bundle inside another sees the outer one after itself. */
interface Scope {
  readonly byUrl: Map<string, Named>
  readonly byName: Map<string, Named>
  readonly outer: Scope | null
}

/** The first resource with a name, and whether another one with that name says something else. */
interface Named {
  readonly node: Node
  said: string | null
  differs: boolean
}

export interface Gathered {
  readonly root: Node
  /** Every resource of the message in its order, contained ones after the one they are contained in. */
  readonly nodes: readonly Node[]
  readonly requests: readonly { readonly path: string; readonly method: string; readonly bundle: string }[]
}

/** Walks a resource, its contained ones, and the entries of bundles inside bundles. */
export function gather(root: Json): Gathered {
  const nodes: Node[] = []
  const requests: { path: string; method: string; bundle: string }[] = []
  const walk = (resource: Json, path: string, fullUrl: string | null, scope: Scope, container: Node | null): Node => {
    const contained = new Map<string, Node>()
    const type = textOf(resource['resourceType'])
    const node: Node = { resource, type, path, fullUrl, scope, container, contained }
    nodes.push(node)
    for (const [index, inside] of objectsOf(resource['contained'])) {
      const one = walk(inside, `${path}/contained/${index}`, null, scope, container ?? node)
      contained.set(`#${textOf(inside['id'])}`, one)
    }
    if (type === 'Bundle') {
      const own: Scope = { byUrl: new Map(), byName: new Map(), outer: scope }
      for (const [index, entry] of objectsOf(resource['entry'])) {
        const at = `${path}/entry/${index}`
        const { request } = entry
        if (isJson(request)) {
          requests.push({ path: at, method: textOf(request['method']), bundle: textOf(resource['type']) })
        }
        if (!isJson(entry['resource'])) continue
        const url = textOf(entry['fullUrl'])
        const one = walk(entry['resource'], `${at}/resource`, url === '' ? null : url, own, null)
        if (url !== '') add(own.byUrl, url, one)
        const id = textOf(one.resource['id'])
        if (id !== '') add(own.byName, `${one.type}/${id}`, one)
      }
    }
    return node
  }
  const start = walk(root, '', null, { byUrl: new Map(), byName: new Map(), outer: null }, null)
  return { root: start, nodes, requests }
}

/** Compares here, once for each resource: the same reference may stand in thousands of results. */
function add(map: Map<string, Named>, key: string, node: Node): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, { node, said: null, differs: false })
  else if (!known.differs) {
    known.said ??= JSON.stringify(known.node.resource)
    known.differs = JSON.stringify(node.resource) !== known.said
  }
}

export type Resolved =
  | { readonly state: 'found'; readonly node: Node }
  | { readonly state: 'absent' }
  /** Two resources with other content have this name. */
  | { readonly state: 'ambiguous' }

/**
 * Finds what a reference of a resource points to inside the message: contained (`#id`), by `fullUrl`, or by type and id,
 * first in its own bundle. Nothing is looked up outside, and of two candidates that differ neither is taken.
 */
export function resolve(reference: unknown, from: Node): Resolved {
  const text = textOf(isJson(reference) ? reference['reference'] : reference).replace(/\/_history\/[^/]*$/, '')
  if (text === '') return { state: 'absent' }
  if (text === '#' && from.container !== null) return { state: 'found', node: from.container }
  if (text.startsWith('#')) {
    const node = (from.container ?? from).contained.get(text)
    return node === undefined ? { state: 'absent' } : { state: 'found', node }
  }
  for (let scope: Scope | null = from.scope; scope !== null; scope = scope.outer) {
    const found = scope.byUrl.get(text) ?? scope.byName.get(text)
    if (found !== undefined) return found.differs ? { state: 'ambiguous' } : { state: 'found', node: found.node }
  }
  return { state: 'absent' }
}

/** The resource a reference points to when there is exactly one; null else. */
export function follow(reference: unknown, from: Node, type?: string): Node | null {
  const found = resolve(reference, from)
  return found.state === 'found' && (type === undefined || found.node.type === type) ? found.node : null
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text without blanks around it; empty for everything that is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

/** The objects of a list with their places; nothing when it is no list. */
export function objectsOf(value: unknown): readonly (readonly [number, Json])[] {
  if (!Array.isArray(value)) return []
  const found: (readonly [number, Json])[] = []
  for (let index = 0; index < value.length; index++) {
    const one: unknown = value[index]
    if (isJson(one)) found.push([index, one])
  }
  return found
}
