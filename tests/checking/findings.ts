import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { tellTrace } from '../../src/http/tell-trace.ts'
import { sealOnce } from '../../src/ledger/seal.ts'
import { trace } from '../../src/ledger/trace.ts'
import { loadPacks } from '../../src/rules/load.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import { tallySince } from '../../src/store/tally.ts'
import { tallyLook } from '../../src/watch/figures.ts'
import type { PackWorld } from './world.ts'

/** The versions of the pack of findings that come with the hub. */
export const [silentVersion, writtenVersion] = loadPacks().filter(({ name }) => name === 'eform-quality') as [
  Pack,
  Pack,
]

interface FindingRule {
  readonly code: string
  readonly fields?: readonly string[]
  readonly severity: 'flag' | 'withhold' | 'refuse'
}

/** A version of the pack of findings with these rules and nothing else. */
export function findingsVersion(version: string, rules: readonly FindingRule[]): Pack {
  const text = { nl: 'nl {path}', fr: 'fr {path}', de: 'de {path}', en: 'en {path}' }
  const reading = readPack({
    pack: JSON.stringify({
      name: 'eform-quality',
      version,
      service: 'eforms',
      owner: 'test',
      limits: { maxShareNewlyWithheld: 1, maxPerHourPerSource: 1_000, minSample: 5 },
      rules: rules.map(({ severity, ...finding }, at) => ({
        id: `rule-${at}`,
        class: 'meaning',
        severity,
        finding,
        text,
        explain: 'test',
      })),
    }),
    cases: null,
    notes: '',
  })
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

const random = seededRandom(11)

/** A good form but for a device nobody knows. */
export function unknownDevice(messageId: string, change: object = {}) {
  const form = sampleForm('rapid-test', { random, at: new Date(), positiveShare: 0 })
  if (form.form !== 'rapid-test') throw new Error('no rapid test')
  return { ...form, test: { ...form.test, result: 'negative', device: '9999' }, messageId, ...change }
}

/** The only record of a message as `GET /messages/{receipt}` tells it. */
export async function told(world: PackWorld, receipt: string) {
  const found = await trace(world, receipt)
  const answer = JSON.parse(JSON.stringify(tellTrace(found!, 'x'))) as {
    records: { state: string; waitingFor: unknown; refusedBy: unknown; errors: string[]; deliveries: unknown[] }[]
  }
  return answer.records[0]!
}

export async function figures(world: PackWorld) {
  const { balanced, records } = await world.books()
  const sum = (name: 'read' | 'passed' | 'withheld' | 'refused' | 'waiting') =>
    records.reduce((total, line) => total + line[name], 0)
  return {
    balanced,
    passed: sum('passed'),
    withheld: sum('withheld'),
    refused: sum('refused'),
    waiting: sum('waiting'),
  }
}

/** What the status feeds carry, in order. */
export const toldKinds = async (world: PackWorld): Promise<string[]> => {
  const { rows } = await world.db.query<{ kind: string }>({ text: 'select kind from entry where tell order by id' })
  return rows.map(({ kind }) => kind)
}

/** What the tally of a day counts, once it is sealed: only what is older than every running transaction of the server is. */
export async function tallied(world: PackWorld): Promise<Record<string, number>> {
  while ((await sealOnce(world.db)) > 0);
  await tallyLook.look(world.db)
  const lines = await tallySince(world.db, 'eforms', new Date(Date.now() - 86_400_000))
  return Object.fromEntries(lines.map(({ what, code, count }) => [`${what} ${code}`.trim(), count]))
}
