import type { LabOrder } from '../lab/observation.ts'
import { displayOf } from './patient.ts'
import { follow, isJson, objectsOf, textOf, type Gathered, type Json, type Node } from './resources.ts'
import { codingsOf } from './value.ts'

/** What stands around a result: the report that lists it, and the panel it is a member of. */
export interface Place {
  readonly report: Node | null
  /** Panels from the outermost to the nearest. */
  readonly panels: readonly Node[]
}

/** Finds for every Observation its report and panels: by `result`, and down from there by `hasMember`. */
export function placesOf(gathered: Gathered): ReadonlyMap<Node, Place> {
  const found = new Map<Node, Place>()
  const visit = (node: Node, report: Node | null, panels: readonly Node[]): void => {
    // Panels inside each other in a circle end here.
    if (found.has(node) || panels.length > 20) return
    found.set(node, { report, panels })
    for (const [, reference] of objectsOf(node.resource['hasMember'])) {
      const member = follow(reference, node, 'Observation')
      if (member !== null) visit(member, report, [...panels, node])
    }
  }
  const observations = gathered.nodes.filter((node) => node.type === 'Observation')
  const members = new Set<Node>()
  for (const node of observations) {
    for (const [, reference] of objectsOf(node.resource['hasMember'])) {
      const member = follow(reference, node, 'Observation')
      if (member !== null && member !== node) members.add(member)
    }
  }
  const listed: (readonly [Node, Node])[] = []
  for (const report of gathered.nodes.filter((node) => node.type === 'DiagnosticReport')) {
    for (const [, reference] of objectsOf(report.resource['result'])) {
      const node = follow(reference, report, 'Observation')
      if (node !== null) listed.push([node, report])
    }
  }
  // Panels first: a report may list members beside their panel.
  for (const [node, report] of listed) if (!members.has(node)) visit(node, report, [])
  for (const node of observations) if (!members.has(node)) visit(node, null, [])
  for (const [node, report] of listed) visit(node, report, [])
  for (const node of observations) visit(node, null, [])
  return found
}

export interface Asked {
  readonly order: LabOrder
  readonly requester: string | null
}

/** Order numbers, panel and requester, from the request the result or its report is based on, the report and the specimen. */
export function askedFor(node: Node, { report, panels }: Place, specimen: Node | null): Asked {
  const request = requestOf(node) ?? (report === null ? null : requestOf(report))
  const numbers = request === null ? [] : objectsOf(request.resource['identifier']).map(([, one]) => one)
  const typed = (type: string, list: readonly Json[]): string | null => {
    const one = list.find((identifier) => codingsOf(identifier['type']).some(({ code }) => code === type))
    return one === undefined ? null : textOf(one['value']) || null
  }
  const ofReport = report === null ? [] : objectsOf(report.resource['identifier']).map(([, one]) => one)
  const first = numbers.map((one) => textOf(one['value'])).find((value) => value !== '')
  const accession = specimen === null ? undefined : specimen.resource['accessionIdentifier']
  const requisition = request?.resource['requisition']
  const panel = panels.at(-1) ?? report
  return {
    order: {
      placer: typed('PLAC', numbers) ?? first ?? (isJson(requisition) ? textOf(requisition['value']) || null : null),
      filler:
        typed('FILL', numbers) ??
        typed('FILL', ofReport) ??
        (isJson(accession) ? textOf(accession['value']) || null : null),
      panel: panel === null ? null : (codingsOf(panel.resource['code'])[0] ?? null),
    },
    requester: request === null ? null : numberOf(request.resource['requester'], request),
  }
}

function requestOf(node: Node): Node | null {
  for (const [, reference] of objectsOf(node.resource['basedOn'])) {
    const request = follow(reference, node, 'ServiceRequest')
    if (request !== null) return request
  }
  return null
}

/** The number of a professional, directly or through the role; the first there is. */
function numberOf(reference: unknown, from: Node): string | null {
  if (!isJson(reference)) return null
  const logical = reference['identifier']
  if (isJson(logical)) return textOf(logical['value']) || null
  const node = follow(reference, from)
  if (node === null) return null
  const own = objectsOf(node.resource['identifier'])
    .map(([, one]) => textOf(one['value']))
    .find((value) => value !== '')
  if (own !== undefined) return own
  return node.type === 'PractitionerRole' ? numberOf(node.resource['practitioner'], node) : null
}

/** The laboratory as the message names it. */
export interface Laboratory {
  /** Under this name its feed, tables and checks are known: its number, else its name, else `unknown`. */
  readonly source: string
  readonly nihii: string
  readonly name: string
}

/** Who may be the laboratory when a result does not say: authors of documents and senders of messages, per bundle. */
export type Authors = ReadonlyMap<Node['scope'], readonly (readonly [reference: unknown, from: Node])[]>

/** Collects them once for a message. */
export function authorsOf(gathered: Gathered): Authors {
  const found = new Map<Node['scope'], (readonly [unknown, Node])[]>()
  for (const node of gathered.nodes) {
    const references =
      node.type === 'Composition'
        ? objectsOf(node.resource['author']).map(([, reference]) => reference)
        : node.type === 'MessageHeader'
          ? [node.resource['sender']]
          : []
    for (const reference of references) found.set(node.scope, [...(found.get(node.scope) ?? []), [reference, node]])
  }
  return found
}

/**
 * The laboratory of a result: the organisation that performed the report, else the result, else the author of the document or
 * the sender of the message.
 */
export function laboratoryOf(node: Node, { report }: Place, authors: Authors): Laboratory {
  const performers = (of: Node | null): readonly (readonly [unknown, Node])[] =>
    of === null ? [] : objectsOf(of.resource['performer']).map(([, reference]) => [reference, of] as const)
  for (const [reference, from] of [...performers(report), ...performers(node), ...(authors.get(node.scope) ?? [])]) {
    const found = laboratoryNamed(reference, from)
    if (found !== null) return found
  }
  return { source: 'unknown', nihii: '', name: '' }
}

function laboratoryNamed(reference: unknown, from: Node): Laboratory | null {
  if (!isJson(reference)) return null
  const found = follow(reference, from)
  const node = found?.type === 'PractitionerRole' ? follow(found.resource['organization'], found) : found
  if (node !== null && node.type === 'Organization') {
    const identifiers = objectsOf(node.resource['identifier']).map(([, one]) => one)
    return laboratoryFrom(identifiers, textOf(node.resource['name']))
  }
  const logical = reference['identifier']
  const named = node === null && (reference['type'] === 'Organization' || isJson(logical))
  return named ? laboratoryFrom(isJson(logical) ? [logical] : [], displayOf(reference)) : null
}

function laboratoryFrom(identifiers: readonly Json[], name: string): Laboratory | null {
  const nihdi = identifiers.find((one) => textOf(one['system']).includes('/NamingSystem/nihdi'))
  const nihii = nihdi === undefined ? '' : textOf(nihdi['value']).replace(/\D/g, '')
  const number = nihii || identifiers.map((one) => textOf(one['value'])).find((value) => value !== '') || name
  const source = number
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return source === '' ? null : { source: source.slice(0, 60), nihii, name }
}
