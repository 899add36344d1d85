import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkCnk } from '../../identifiers/cnk.ts'
import { languages } from '../../kernel/language.ts'
import { dataFolder } from '../../kernel/package-root.ts'
import { loadForms, shippedForms } from './catalogue.ts'
import { codeList } from './code-list.ts'
import { seededRandom } from './random.ts'
import { readEForm } from './read.ts'
import { sampleForm } from './sample.ts'

describe('the forms that come with the package', () => {
  const { forms, lists } = shippedForms()

  it('have texts in every language, and CNK codes that add up', () => {
    const labels = forms.flatMap(({ title, sections }) => [
      title,
      ...[...sections.values()].flatMap((section) => [
        section.label,
        ...Object.values(section.fields).map((field) => field.label),
      ]),
    ])
    const codes = [...lists.values()].flatMap((list) =>
      list.versions.flatMap((version) => Object.values(version.codes)),
    )
    for (const label of [...labels, ...codes.map((code) => code.label)]) {
      for (const language of languages) expect(label[language]).not.toBe('')
    }
    for (const cnk of codes.flatMap((code) => code.cnk ?? [])) expect(checkCnk(cnk).state).toBe('valid')
  })

  it('have a code of its own for every place a sample is taken from', () => {
    const versions = lists.get('sample-kinds')?.versions ?? []
    expect(versions.length).toBeGreaterThan(0)
    for (const { codes } of versions) {
      const snomed = Object.values(codes).map((code) => code.snomed)
      expect(snomed).not.toContain(undefined)
      expect(new Set(snomed).size).toBe(snomed.length)
    }
  })

  it('name for every batch a vaccine that is in the list', () => {
    const vaccines = new Set(lists.get('vaccines')?.versions.flatMap((version) => Object.keys(version.codes)))
    const batches = lists.get('vaccine-batches')?.versions.flatMap((version) => Object.values(version.codes)) ?? []
    expect(batches.length).toBeGreaterThan(0)
    for (const batch of batches) expect(vaccines.has(batch.product ?? '')).toBe(true)
  })
})

describe('codeList', () => {
  const label = { nl: 'a', fr: 'a', de: 'a', en: 'a' }
  const list = codeList('letters', [
    { list: 'letters', from: '2021-01-01', codes: { A: { label }, B: { label, till: '2021-03-31' } } },
    {
      list: 'letters',
      from: '2022-01-01',
      till: '2022-12-31',
      codes: { A: { label }, C: { label, from: '2022-02-01' } },
    },
  ])

  it.each([
    ['A', '2020-12-31', { state: 'early', from: '2021-01-01', code: { label } }],
    ['A', '2021-01-01', { state: 'known', code: { label } }],
    ['B', '2021-03-31', { state: 'known' }],
    ['B', '2021-04-01', { state: 'expired', till: '2021-03-31', code: { label } }],
    ['B', '2022-01-01', { state: 'unknown' }],
    ['C', '2021-12-31', { state: 'unknown' }],
    ['C', '2022-01-31', { state: 'early', from: '2022-02-01', code: { label } }],
    ['C', '2022-12-31', { state: 'known' }],
    ['A', '2023-01-01', { state: 'list-expired', till: '2022-12-31', code: { label } }],
  ] as const)('%s on %s', (code, day, answer) => expect(list.look(code, day)).toMatchObject(answer))
})

describe('loadForms', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forms-'))
    for (const name of ['forms', 'code-lists']) cpSync(join(dataFolder, name), join(folder, name), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function edit(file: string, from: string, to: string): void {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(folder, file), text.replace(from, to))
  }

  it.each([
    ['a code list', 'forms/rapid-test/2.0/form.yaml', 'list: test-devices', 'list: devices-of-test', /devices-of-test/],
    ['a rule', 'forms/rapid-test/2.0/form.yaml', 'rule: insz-sex', 'rule: insz-hair', /insz-hair/],
    ['a part', 'forms/rapid-test/2.0/form.yaml', 'patient-1', 'patient-9', /patient-9/],
    [
      'a type',
      'forms/parts/patient-1.yaml',
      'type: partial-date',
      'type: moon-phase',
      /patient-1\.yaml.*patient\.fields\.birthDate/,
    ],
    ['a language', 'code-lists/test-devices/2021-07-12.yaml', 'nl: Abbott', 'nl2: Abbott', /2021-07-12\.yaml/],
  ])('refuses to start on %s that is not there, and says where', (_name, file, from, to, message) => {
    edit(file, from, to)
    expect(() => loadForms(folder)).toThrow(message)
  })

  it('lets an operator end a whole list: every form that uses it is told so', () => {
    edit('code-lists/test-devices/2021-07-12.yaml', 'from: 2021-07-12', 'from: 2021-07-12\ntill: 2022-06-30')
    const at = new Date('2022-07-01T10:00:00Z')
    const form = sampleForm('rapid-test', { random: seededRandom(1), at })
    const reading = readEForm(loadForms(folder)).read(Buffer.from(JSON.stringify(form)), { receivedAt: at })
    expect(reading.state === 'read' && reading.records[0]?.faults).toMatchObject([
      { code: 'code-list-expired', path: '/test/device', params: { list: 'test-devices', till: '2022-06-30' } },
    ])
  })
})
