import { benchCertificates } from './certificates.ts'
import { benchDrain } from './drain.ts'
import { benchGrowth } from './growth.ts'
import { benchIntake, hasPgbench } from './intake.ts'
import { benchRules } from './rules.ts'
import { benchMonitors } from './monitors.ts'
import { benchMllp } from './mllp.ts'
import { benchReadHl7v2 } from './read-hl7v2.ts'
import { benchCare } from './care.ts'
import { benchRecheck } from './recheck.ts'
import { benchRevert } from './revert.ts'
import { benchSoak } from './soak.ts'
import { benchStart } from './start.ts'
import type { BenchRow } from './row.ts'

type Say = (line: string) => void

const args = process.argv.slice(2)
/** `--scale=0.1` fills a tenth: to try a bench, and for machines without the minutes that filling takes. */
const scale = Number(args.find((arg) => arg.startsWith('--scale='))?.slice('--scale='.length) ?? 1)
const scaled = (count: number): number => Math.max(100, Math.round(count * scale))

const benches: Readonly<Record<string, (say: Say) => Promise<BenchRow[]>>> = {
  certificates: () => benchCertificates(),
  'read-hl7v2': () => Promise.resolve(benchReadHl7v2()),
  intake: benchIntake,
  mllp: benchMllp,
  drain: (say) => benchDrain(100_000, say),
  start: benchStart,
  growth: (say) => benchGrowth(scaled(2_000_000), say),
  'rules-20': () => benchRules(),
  monitors: () => Promise.resolve(benchMonitors()),
  recheck: (say) => benchRecheck(scaled(1_000_000), say),
  revert: (say) => benchRevert([1_000, 100_000, 1_000_000].map(scaled), say),
  soak: (say) => benchSoak(60 * scale, say),
  care: (say) => benchCare(scaled(100_000), say),
}

/** An hour long: only when it is named. */
const long: ReadonlySet<string> = new Set(['soak'])

const json = args.includes('--json')
const wanted = args.filter((arg) => !arg.startsWith('--'))
const unknown = wanted.filter((name) => benches[name] === undefined)
const say: Say = (line) => void process.stderr.write(`${line}\n`)

if (unknown.length > 0 || !(scale > 0) || args.includes('--help')) {
  say(`npm run bench -- [${Object.keys(benches).join('|')} ...] [--json] [--scale=N]`)
  process.exit(args.includes('--help') ? 0 : 2)
}
if (!hasPgbench()) {
  say('pgbench is not here (Debian: postgresql-contrib); without the yardstick there are no figures')
  process.exit(2)
}
for (const name of wanted.length > 0 ? wanted : Object.keys(benches).filter((one) => !long.has(one))) {
  say(`${name} ...`)
  for (const row of await benches[name]!(say)) process.stdout.write(`${json ? JSON.stringify(row) : inWords(row)}\n`)
}

function inWords(row: BenchRow): string {
  const figure = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 })
  return `${row.name}: ${figure(row.ours)} against ${figure(row.theirs)} ${row.unit} = ${row.ratio.toFixed(2)} (${row.conditions})`
}
