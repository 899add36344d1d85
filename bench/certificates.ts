import { sign } from 'node:crypto'
import { makeDevelopmentSigner } from '../src/certificates/development.ts'
import { issueCertificate } from '../src/certificates/issue.ts'
import { testPayload } from '../src/certificates/payload.ts'
import type { DccPayload } from '../src/certificates/dcc.ts'
import type { BenchRow } from './row.ts'

const rounds = 15
const perTurn = 300

/**
 * Certificates from payload to HC1 text against bare ES256 signatures of node:crypto (KeyObject, DER, the cheapest way to
 * ask for one), in turns within each round; the medians of operations per second of this process's own CPU time.
 */
export async function benchCertificates(): Promise<BenchRow[]> {
  const signer = await makeDevelopmentSigner()
  const payloads = Array.from({ length: perTurn }, (_, i) => payloadOf(i))
  const issuedAt = new Date()
  const times = { issuedAt, expiresAt: new Date(issuedAt.getTime() + 365 * 86_400_000), issuer: 'BE' }
  const bytes = Buffer.alloc(350, 7)
  const issueAll = (): number =>
    payloads.reduce((sum, payload) => sum + issueCertificate(payload, signer, times).hc1.length, 0)
  const signAll = (): number => payloads.reduce((sum) => sum + sign('sha256', bytes, signer.key).length, 0)
  issueAll()
  signAll()
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(perCpuSecond(issueAll))
    theirs.push(perCpuSecond(signAll))
  }
  const ratios = ours.map((one, round) => one / (theirs[round] ?? Infinity))
  return [
    {
      name: 'certificates',
      ours: Math.round(median(ours)),
      theirs: Math.round(median(theirs)),
      ratio: Number(median(ratios).toFixed(3)),
      unit: 'per CPU second',
      conditions: `payload to HC1 against crypto.sign ES256 with a KeyObject, one thread, ${rounds} rounds of ${perTurn}, medians, node ${process.version}`,
    },
  ]
}

function payloadOf(i: number): DccPayload {
  const built = testPayload(
    {
      recordId: `bench-${i}`,
      person: {
        familyName: `Van den Broecke-${'ABCDEFGHIJ'.charAt(i % 10)}élise`,
        givenName: 'Jean-François',
        birthDate: '1984-03-12',
      },
      test: { device: '1232', result: 'negative', sampledAt: '2022-07-01T08:15:00+02:00', centre: `Apotheek ${i}` },
      country: 'BE',
      issuer: 'Sciensano',
    },
    new Date(),
  )
  if (built.state === 'refused') throw new Error('the bench asks for a certificate that cannot be made')
  return built.payload
}

function perCpuSecond(turn: () => number): number {
  const before = process.cpuUsage()
  turn()
  const { user, system } = process.cpuUsage(before)
  return (perTurn * 1_000_000) / (user + system)
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
