import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { jsonLines, sluis, until } from './support.ts'
import { startWholeHub, type WholeHub } from './whole-hub.ts'

/** The Friday afternoon on which a list lacks a device that every pharmacy sells, over the doors of a whole hub. */

let whole: WholeHub

beforeAll(async () => {
  whole = await startWholeHub(['sciensano'])
})
afterAll(() => whole?.stop())

const random = seededRandom(21)

/** A positive test by a device that is in no list. */
function form() {
  const made = sampleForm('rapid-test', { random, at: new Date() })
  if (made.form !== 'rapid-test') throw new Error('no rapid test')
  return { ...made, test: { ...made.test, result: 'positive', device: '9999' } }
}

interface Answer {
  readonly receipt: string
  readonly errors: readonly { readonly code: string; readonly severity: string; readonly path: string }[]
}

async function send(body: object): Promise<Answer> {
  const said = await sluis(['send', '-', '--json'], JSON.stringify(body))
  return jsonLines(said)[0] as unknown as Answer
}

interface ToldRecord {
  readonly state: string
  readonly refusedBy: { readonly version: string; readonly rule: string } | null
  readonly waitingFor: unknown
  readonly deliveries: readonly { readonly destination: string; readonly state: string }[]
}

async function recordOf(receipt: string): Promise<ToldRecord> {
  const [told] = jsonLines(await sluis(['trace', receipt, '--json']))
  return (told as unknown as { records: ToldRecord[] }).records[0]!
}

const until202 = (severity: string) =>
  until(
    () => send(form()),
    ({ errors }) => errors.length === 1 && errors[0]!.severity === severity,
  )

async function told(receipt: string): Promise<string[]> {
  const { rows } = await whole.db.query<{ kind: string }>({
    text: `select e.kind from entry e join message m on m.id = e.message where m.receipt = $1 and e.tell order by e.id`,
    values: [receipt],
  })
  return rows.map(({ kind }) => kind)
}

async function balanced(): Promise<string> {
  const said = await sluis(['account'])
  return /The books of \S+ (?:balance|do not balance)/.exec(said.out)?.[0] ?? said.out
}

test('a device that is missing in a list refuses; a version lets it pass with what was refused; the revert refuses again', async () => {
  const first = await send(form())
  expect(first.errors).toMatchObject([{ code: 'code-unknown', severity: 'error', path: '/test/device' }])
  const refused = await until(
    () => recordOf(first.receipt),
    ({ state }) => state === 'refused',
  )
  expect(refused).toMatchObject({ waitingFor: null, deliveries: [], refusedBy: { version: '1.0.0' } })
  expect((await sluis(['trace', first.receipt])).out).toContain('rule finding-code-unknown of eform-quality 1.0.0')
  expect(await balanced()).toMatch(/balance$/)

  const version = join(whole.folder, '1.1.1')
  cpSync(join(dataFolder, 'packs/eform-quality/1.1.0'), version, { recursive: true })
  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(join(version, file), change(readFileSync(join(version, file), 'utf8')))
  edit('pack.yaml', (text) => text.replace(/^version: .*/m, 'version: 1.1.1') + rule)
  edit('cases.yaml', (text) => text + cases)
  expect(await sluis(['pack', 'check', version])).toMatchObject({ code: 0 })
  const tried = await sluis(['pack', 'try', version])
  expect(tried).toMatchObject({ code: 0 })
  const because = ['--reason', 'the list lacks the device']
  expect(await sluis(['pack', 'shadow', 'eform-quality', '1.1.1', ...because])).toMatchObject({ code: 0 })
  expect(await sluis(['pack', 'activate', 'eform-quality', '1.1.1', ...because])).toMatchObject({ code: 0 })

  const passed = await until(
    () => recordOf(first.receipt),
    ({ deliveries }) => deliveries.some(({ state }) => state === 'acknowledged'),
  )
  expect(passed).toMatchObject({ state: 'passed', refusedBy: null, deliveries: [{ destination: 'sciensano' }] })
  expect(await told(first.receipt)).toEqual(['record-refused', 'reinstated'])
  const second = await until202('warning')
  await until(
    () => recordOf(second.receipt),
    ({ deliveries }) => deliveries.some(({ state }) => state === 'acknowledged'),
  )
  expect(await told(second.receipt)).toEqual(['passed'])
  expect(await balanced()).toMatch(/balance$/)

  expect(await sluis(['pack', 'revert', 'eform-quality', '--reason', 'the list is right'])).toMatchObject({ code: 0 })
  const third = await until202('error')
  await until(
    () => recordOf(third.receipt),
    ({ state }) => state === 'refused',
  )
  // What Sciensano has cannot be taken back; its sender hears that it is refused.
  await until(
    () => told(second.receipt),
    (kinds) => kinds.at(-1) === 'refused-later',
  )
  expect((await recordOf(second.receipt)).state).toBe('refused')
  expect(await balanced()).toMatch(/balance$/)
}, 60_000)

const rule = `  - id: device-not-listed
    class: meaning
    severity: flag
    finding: { code: code-unknown, fields: [test.device] }
    text:
      nl: 'Het toestel staat niet in de lijst ({path}).'
      fr: 'L’appareil n’est pas dans la liste ({path}).'
      de: 'Das Gerät steht nicht in der Liste ({path}).'
      en: 'The device is not in the list ({path}).'
    explain: The list lacks a device that is sold.
`
const cases = `  - { rule: device-not-listed, name: a device, change: { faults: [{ code: code-unknown, severity: check, path: /test/device, params: { field: test.device } }] }, gives: flag }
  - { rule: device-not-listed, name: another field, change: { faults: [{ code: code-unknown, severity: check, path: /test/targetGroup, params: { field: test.targetGroup } }] }, gives: pass }
`
