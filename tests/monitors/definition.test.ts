import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { loadMonitors, readMonitor } from '../../src/monitors/load.ts'
import { toPlanDefinition } from '../../src/monitors/plan-definition.ts'
import { groupsOf, itemsTouchedBy } from '../../src/monitors/value.ts'

const text = readFileSync(join(dataFolder, 'monitors/diabetes-cvrm/1.0.0/monitor.yaml'), 'utf8')
const faultsOf = (changed: string) => {
  const read = readMonitor(changed)
  return read.state === 'refused' ? read.faults.map(({ code, path }) => `${code} ${path}`) : []
}
const definition = loadMonitors().find(({ name }) => name === 'diabetes-cvrm')!

describe('a definition', () => {
  it('comes with its items in order, and with targets that nobody confirmed yet', () => {
    expect(loadMonitors().map(({ name, version, items }) => [name, version, items.length])).toEqual([
      ['copd', '1.0.0', 5],
      ['diabetes-cvrm', '1.0.0', 15],
    ])
    expect(definition.targets.state).toBe('to-be-confirmed')
  })

  it('tells all its faults at once', () => {
    const changed = text
      .replace('group: egfr', 'group: egfrr')
      .replace('59261-8', '59261-9')
      .replace('replaces: ldl', 'replaces: lld')
      .replace('with: metformin', 'with: metfornim')
    expect(faultsOf(changed)).toEqual([
      'monitor-code-wrong /groups/hba1c/codes',
      'monitor-name-unknown /items/1/group',
      'monitor-name-unknown /items/1/bands',
      'monitor-field /items/1',
      'monitor-name-unknown /items/4/replaces',
    ])
    expect(faultsOf(text.replaceAll('reducer: latest', 'reducer: newest'))).toHaveLength(8)
  })

  it('names the line of broken YAML, and answers an empty or growing text', () => {
    const read = readMonitor('name: x\nversion: 1.0.0\nname: y\n')
    expect(read.state === 'refused' && read.faults[0]).toMatchObject({ code: 'monitor-not-yaml', params: { line: 3 } })
    expect(faultsOf('')).not.toEqual([])
    const bomb = `a: &a [${'x,'.repeat(50)}]\n${'bcdefgh'
      .split('')
      .map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(50)}]`)
      .join('\n')}`
    expect(faultsOf(bomb)).not.toEqual([])
  })

  it('refuses a count that too many would make red, and a last band not for everybody', () => {
    const count = text.replace(
      'group: hba1c\n    feed: lab\n    reducer: latest',
      'group: hba1c\n    feed: lab\n    reducer: count',
    )
    expect(faultsOf(count)).toEqual(['monitor-field /items/0'])
    expect(faultsOf(text.replace('      - { target: { atMost: 64 } }\n', ''))).toEqual(['monitor-field /items/0'])
  })

  it('gives another hash to the items a change can touch, and to no other', () => {
    const read = readMonitor(
      text.replace('atMost: 53', 'atMost: 52').replace('below: 2.6 } }\n  - id: non', 'below: 2.5 } }\n  - id: non'),
    )
    if (read.state !== 'read') throw new Error('not read')
    const before = new Map(definition.items.map(({ id, hash }) => [id, hash]))
    const changed = read.definition.items.filter(({ id, hash }) => before.get(id) !== hash).map(({ id }) => id)
    expect(changed).toEqual(['hba1c', 'ldl', 'non-hdl'])
  })

  it('says which items a code touches', () => {
    expect(groupsOf(definition, ['nhg45:2816', 'loinc:1234-5'])).toEqual(['hba1c'])
    expect(itemsTouchedBy(definition, 'hba1c')).toEqual(['hba1c'])
    expect(itemsTouchedBy(definition, 'ldl')).toEqual(['ldl', 'non-hdl'])
    expect(itemsTouchedBy(definition, 'control-policy')).toEqual(['fasting-glucose', 'weight', 'control-policy'])
    expect(itemsTouchedBy(definition, 'main-practitioner')).toHaveLength(15)
  })

  it('becomes a PlanDefinition with one action an item', () => {
    const plan = toPlanDefinition(definition, 'nl')
    expect(plan).toMatchObject({ resourceType: 'PlanDefinition', status: 'draft', experimental: true })
    expect(plan.action.map(({ id }) => id)).toEqual(definition.items.map(({ id }) => id))
    expect(plan.action[0]?.textEquivalent).toBe(
      'latest within 12 months: <= 53 mmol/mol (age below 70); else <= 53 mmol/mol (without more-than-metformin); else <= 58 mmol/mol (less than 10 years since diagnosis); else <= 64 mmol/mol',
    )
    expect(plan.action[0]?.code[0]?.coding).toContainEqual({ system: 'http://loinc.org', code: '59261-8' })
  })
})
