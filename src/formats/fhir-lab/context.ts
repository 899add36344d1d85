import type { LabOrder } from '../lab/observation.ts'
import { valuesOf } from './invariants.ts'
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
  const numbers = request === null ? noNumbers : numbersOf(request)
  const accession = specimen === null ? undefined : specimen.resource['accessionIdentifier']
  const requisition = request?.resource['requisition']
  const panel = panels.at(-1) ?? report
  // A report of documents is itself what the documents are results of.
  const written = report ?? (node.type === 'DiagnosticReport' ? node : null)
  const about = [...(written === null ? [] : conclusionOf(written)), ...panels.filter(isHeading).flatMap(notesOf)]
  return {
    order: {
      placer: numbers.placer ?? numbers.first ?? (isJson(requisition) ? textOf(requisition['value']) || null : null),
      filler:
        numbers.filler ??
        (report === null ? null : numbersOf(report).filler) ??
        (isJson(accession) ? textOf(accession['value']) || null : null),
      panel: panel === null ? null : panelOf(panel),
      ...(about.length === 0 ? {} : { notes: about }),
    },
    requester: request === null ? null : requesterOf(request),
  }
}

/**
 * Looks at a resource once, however many results ask: a report, a request or a laboratory may stand around thousands, each
 * with long lists. What is kept goes with the message.
 */
function once<Found>(look: (node: Node) => Found): (node: Node) => Found {
  const seen = new WeakMap<Node, { readonly found: Found }>()
  return (node) => {
    const known = seen.get(node) ?? { found: look(node) }
    seen.set(node, known)
    return known.found
  }
}

const requestOf = once((node): Node | null => {
  for (const [, reference] of objectsOf(node.resource['basedOn'])) {
    const request = follow(reference, node, 'ServiceRequest')
    if (request !== null) return request
  }
  return null
})

const conclusionOf = once((report): readonly string[] => {
  const conclusion = textOf(report.resource['conclusion'])
  return conclusion === '' ? [] : [conclusion]
})

/** What is written beside a result or a panel. */
export const notesOf = once((node): readonly string[] =>
  objectsOf(node.resource['note'])
    .map(([, note]) => textOf(note['text']))
    .filter((note) => note !== ''),
)

/** Whether an Observation only stands over others, and becomes no record of its own. */
export const isHeading = once(
  ({ resource }) =>
    valuesOf(resource).length === 0 &&
    resource['dataAbsentReason'] === undefined &&
    (objectsOf(resource['component']).length > 0 || objectsOf(resource['hasMember']).length > 0),
)

interface Numbers {
  readonly placer: string | null
  readonly filler: string | null
  readonly first: string | null
}

const noNumbers: Numbers = { placer: null, filler: null, first: null }

const numbersOf = once((node): Numbers => {
  const list = objectsOf(node.resource['identifier']).map(([, one]) => one)
  const typed = (type: string): string | null => {
    const one = list.find((identifier) => codingsOf(identifier['type']).some(({ code }) => code === type))
    return one === undefined ? null : textOf(one['value']) || null
  }
  return { placer: typed('PLAC'), filler: typed('FILL'), first: firstValue(list) }
})

const firstValue = (identifiers: readonly Json[]): string | null =>
  identifiers.map((one) => textOf(one['value'])).find((value) => value !== '') ?? null

const panelOf = once((node) => codingsOf(node.resource['code'])[0] ?? null)

const requesterOf = once((request) => numberOf(request.resource['requester'], request))

/** The number of a professional, directly or through the role; the first there is. */
function numberOf(reference: unknown, from: Node): string | null {
  if (!isJson(reference)) return null
  const logical = reference['identifier']
  if (isJson(logical)) return textOf(logical['value']) || null
  const node = follow(reference, from)
  if (node === null) return null
  const own = numbersOf(node).first
  if (own !== null) return own
  return node.type === 'PractitionerRole' ? numberOf(node.resource['practitioner'], node) : null
}

/** The laboratory as the message names it. */
export interface Laboratory {
  /** Under this name its feed, tables and checks are known: its number, else its name, else `unknown`. */
  readonly source: string
  readonly nihii: string
  readonly name: string
}

/** The laboratory of those results that do not name theirs: the author of the document or sender of the message, per bundle. */
export type Authors = ReadonlyMap<Node['scope'], Laboratory>

/** Collects them once for a message. */
export function authorsOf(gathered: Gathered): Authors {
  const found = new Map<Node['scope'], Laboratory>()
  for (const node of gathered.nodes) {
    const references =
      node.type === 'Composition'
        ? objectsOf(node.resource['author']).map(([, reference]) => reference)
        : node.type === 'MessageHeader'
          ? [node.resource['sender']]
          : []
    const laboratory = found.has(node.scope) ? null : firstLaboratory(references, node)
    if (laboratory !== null) found.set(node.scope, laboratory)
  }
  return found
}

/**
 * The laboratory of a result: the organisation that performed the report, else the result, else the author of the document or
 * the sender of the message.
 */
export function laboratoryOf(node: Node, { report }: Place, authors: Authors): Laboratory {
  const performed = (report === null ? null : performerOf(report)) ?? performerOf(node)
  return performed ?? authors.get(node.scope) ?? { source: 'unknown', nihii: '', name: '' }
}

const performerOf = once((node) =>
  firstLaboratory(
    objectsOf(node.resource['performer']).map(([, reference]) => reference),
    node,
  ),
)

function firstLaboratory(references: readonly unknown[], from: Node): Laboratory | null {
  for (const reference of references) {
    const found = laboratoryNamed(reference, from)
    if (found !== null) return found
  }
  return null
}

function laboratoryNamed(reference: unknown, from: Node): Laboratory | null {
  if (!isJson(reference)) return null
  const found = follow(reference, from)
  const node = found?.type === 'PractitionerRole' ? follow(found.resource['organization'], found) : found
  if (node !== null && node.type === 'Organization') return organisationOf(node)
  const logical = reference['identifier']
  const named = node === null && (reference['type'] === 'Organization' || isJson(logical))
  return named ? laboratoryFrom(isJson(logical) ? [logical] : [], displayOf(reference)) : null
}

const organisationOf = once((node) => {
  const identifiers = objectsOf(node.resource['identifier']).map(([, one]) => one)
  return laboratoryFrom(identifiers, textOf(node.resource['name']))
})

function laboratoryFrom(identifiers: readonly Json[], name: string): Laboratory | null {
  const nihdi = identifiers.find((one) => textOf(one['system']).includes('/NamingSystem/nihdi'))
  const nihii = nihdi === undefined ? '' : textOf(nihdi['value']).replace(/\D/g, '')
  const number = nihii || firstValue(identifiers) || name
  const source = number
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return source === '' ? null : { source: source.slice(0, 60), nihii, name }
}
