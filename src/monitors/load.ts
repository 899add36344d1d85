import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { checkLoinc } from '../identifiers/loinc.ts'
import { errorText, SluisError } from '../kernel/errors.ts'
import type { Fault } from '../kernel/fault.ts'
import { dataFolder } from '../kernel/package-root.ts'
import { monitorSchema, type MonitorDefinition, type MonitorFile } from './definition.ts'
import { hashOf } from './hash.ts'

export type ReadMonitor =
  | { readonly state: 'read'; readonly definition: MonitorDefinition }
  | { readonly state: 'refused'; readonly faults: readonly Fault[] }

/**
 * Every monitor of a folder `<name>/<version>/monitor.yaml`, by name and then version. Throws `monitor-unreadable` naming
 * the place and its first fault; `readMonitor` gives them all.
 *
 * @example loadMonitors().find(({ name }) => name === 'copd')?.items.length // 5
 */
export function loadMonitors(folder: string = join(dataFolder, 'monitors')): MonitorDefinition[] {
  return foldersIn(folder)
    .flatMap((name) => foldersIn(join(folder, name)).map((version) => `${name}/${version}`))
    .filter((place) => existsSync(join(folder, place, 'monitor.yaml')))
    .map((place) => {
      const read = readMonitor(readFileSync(join(folder, place, 'monitor.yaml'), 'utf8'))
      if (read.state === 'read' && `${read.definition.name}/${read.definition.version}` === place)
        return read.definition
      const [first] = read.state === 'refused' ? read.faults : []
      const reason = first
        ? `${first.path} ${errorText(first.code, first.params, 'en')}`
        : 'name or version of its folder'
      throw new SluisError('monitor-unreadable', {
        place,
        reason,
        count: read.state === 'refused' ? read.faults.length : 1,
      })
    })
}

/** Reads the text of one definition; a text that does not fit comes back with all its faults, paths as JSON Pointer. */
export function readMonitor(text: string): ReadMonitor {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) =>
      fault('monitor-not-yaml', '', { line: lines.linePos(pos[0]).line, reason: message }),
    )
    return { state: 'refused', faults }
  }
  const found = monitorSchema.safeParse(plainOf(document))
  if (!found.success) return { state: 'refused', faults: found.error.issues.flatMap(faultsOf) }
  const faults = namesThatLeadNowhere(found.data)
  return faults.length > 0 ? { state: 'refused', faults } : { state: 'read', definition: withHashes(found.data) }
}

function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    // Aliases of aliases: a text made to grow when read.
    return null
  }
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  return [fault('monitor-field', `/${issue.path.map(String).join('/')}`, { reason: issue.message })]
}

function namesThatLeadNowhere(file: MonitorFile): Fault[] {
  const faults: Fault[] = []
  const need = (known: object | readonly string[], name: string | undefined, path: string): void => {
    if (name === undefined) return
    const there = Array.isArray(known) ? known.includes(name) : Object.hasOwn(known, name)
    if (!there) faults.push(fault('monitor-name-unknown', path, { name }))
  }
  const ids = file.items.map((item) => item.id)
  need(file.policies, file.appliesTo.unless?.policy, '/appliesTo/unless/policy')
  for (const [name, policy] of Object.entries(file.policies)) need(file.groups, policy.group, `/policies/${name}/group`)
  for (const [name, group] of Object.entries(file.groups)) {
    if (group.kind === 'quantity' && group.unit === undefined)
      faults.push(fault('monitor-field', `/groups/${name}/unit`, { reason: 'a quantity needs a unit' }))
    for (const code of group.codes.filter((code) => code.startsWith('loinc:')).map((code) => code.slice(6)))
      if (checkLoinc(code).state === 'wrong')
        faults.push(fault('monitor-code-wrong', `/groups/${name}/codes`, { code }))
  }
  file.items.forEach((item, index) => {
    const path = `/items/${index}`
    need(file.groups, item.group, `${path}/group`)
    need(file.groups, item.exemptedBy, `${path}/exemptedBy`)
    need(ids, item.replaces, `${path}/replaces`)
    if (typeof item.window === 'object' && 'policy' in item.window)
      need(file.policies, item.window.policy, `${path}/window/policy`)
    const features = item.bands.flatMap(({ when }) => [...(when?.with ?? []), ...(when?.without ?? [])])
    const alerts = item.grades.flatMap(({ alert }) => (alert === undefined ? [] : [alert.with]))
    for (const name of [...features, ...alerts]) need(file.features, name, `${path}/bands`)
    for (const reason of contradictionsOf(file, item, ids.indexOf(item.id) !== index))
      faults.push(fault('monitor-field', path, { reason }))
  })
  return faults
}

function contradictionsOf(file: MonitorFile, item: MonitorFile['items'][number], isDouble: boolean): string[] {
  const wrong: string[] = []
  if (isDouble) wrong.push(`${item.id} stands there twice`)
  if (item.bands.length > 0 && item.bands.at(-1)?.when !== undefined)
    wrong.push('the last band must hold for everybody')
  const isNumber = file.groups[item.group]?.kind === 'quantity'
  const judgesNumber = item.reducer === 'min' || item.reducer === 'max' || item.bands.length > 0
  if (judgesNumber && item.reducer !== 'count' && !isNumber) wrong.push('only a quantity has a target')
  const counts = item.bands.every(({ target }) => Object.keys(target).join() === 'atLeast')
  // Too many of something cannot be told from results that never came: absence would be the proof.
  if (item.reducer === 'count' && (item.bands.length === 0 || !counts))
    wrong.push('a count needs atLeast, and only that')
  return wrong
}

function withHashes(file: MonitorFile): MonitorDefinition {
  const shared = { appliesTo: file.appliesTo, features: file.features, groups: file.groups, policies: file.policies }
  const items = file.items.map((item) => {
    const partner = file.items.find((other) => other.id === item.replaces || other.replaces === item.id)
    return Object.freeze({ ...item, hash: hashOf({ ...narrowed(shared, item, partner), item, partner }) })
  })
  return Object.freeze({ ...file, items })
}

/** Of groups and policies only those that can decide this item, so that another item's change leaves its hash alone. */
function narrowed(
  file: Pick<MonitorFile, 'appliesTo' | 'features' | 'groups' | 'policies'>,
  item: MonitorFile['items'][number],
  partner: MonitorFile['items'][number] | undefined,
): Readonly<Record<string, unknown>> {
  const steering = typeof item.window === 'object' && 'policy' in item.window ? item.window.policy : undefined
  const policies = [steering, file.appliesTo.unless?.policy].flatMap((name) => (name === undefined ? [] : [name]))
  const groups = [item.group, item.exemptedBy, partner?.group, ...policies.map((name) => file.policies[name]?.group)]
  const features = JSON.stringify([item.bands, item.grades])
  return {
    appliesTo: file.appliesTo,
    policies: policies.map((name) => [name, file.policies[name]]),
    groups: groups.flatMap((name) => (name === undefined ? [] : [[name, file.groups[name]]])),
    features: Object.entries(file.features).filter(([name]) => features.includes(`"${name}"`)),
  }
}

function fault(code: Fault['code'], path: string, params: Fault['params']): Fault {
  return { code, severity: 'error', path, params }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
