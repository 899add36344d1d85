import { onTestFinished } from 'vitest'
import { startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { issue } from './issue-certificate.ts'
import { until, type Given, type Stored, type World } from './world.ts'

/** An honest destination for one test. */
export async function fake(): Promise<FakeDestination> {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  return destination
}

/** Sciensano, and an issuer that makes one certificate per record. */
export async function neighbours(world: World): Promise<{ sciensano: FakeDestination; issuer: FakeDestination }> {
  const [sciensano, issuer] = [await fake(), await fake()]
  issuer.behave = issue
  world.deliver({ sciensano: sciensano.url, 'digitaal-vlaanderen': issuer.url }, { timeoutMs: 3_000, leaseMs: 10_000 })
  return { sciensano, issuer }
}

export const certificatesOf = (world: World) =>
  world.query<{ record: number; revoked: boolean }>(
    `select c.record, v.certificate is not null as revoked from certificate c
     left join certificate_revocation v on v.certificate = c.id order by c.record`,
  )

/** The message m1, a negative test, once it has its certificate. */
export async function putCertified(world: World, given: Given = {}): Promise<Stored> {
  const [first] = await world.put({ messageId: 'm1', result: 'negative', ...given })
  await until(
    () => certificatesOf(world),
    ({ length }) => length === 1,
  )
  return first!
}

export const revocations = (issuer: FakeDestination) => issuer.posts.filter(({ path }) => path === '/revocations')

/** What Sciensano was told of observations, in order: the status and the numbers of each, official and old. */
export const told = ({ posts }: FakeDestination) =>
  posts.map(({ body }) => {
    const { entry } = JSON.parse(body) as { entry: { resource: Observation }[] }
    const { status, identifier } = entry[2]!.resource
    return [status, ...identifier.map(({ use, value }) => (use === 'old' ? `old ${value}` : value))]
  })

interface Observation {
  readonly status: string
  readonly identifier: readonly { readonly use: string; readonly value: string }[]
}
