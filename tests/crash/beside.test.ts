import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signWebhook } from '../../src/access/webhook-signature.ts'
import type { SampleKind } from '../../src/formats/eform/sample.ts'
import type { FailurePoint } from '../../src/kernel/failure-points.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess } from '../support/hub.ts'
import { makeSender, registerClient, writeLetter } from '../support/sender.ts'
import { holdLaws, lookAt, until, untilSettled, untilStored } from './laws.ts'
import { replayVaccinations } from './replaying.ts'
import { lineTo, startTown, type Town } from './town.ts'

/** What a node does that has its database, and what it does without, while another has it. Others are in `taken-over`. */
const atTheDoor = [
  'accept-before-commit',
  'accept-after-commit',
  'step-before-commit',
] as const satisfies FailurePoint[]
const onItsDisk = ['spool-before-sync', 'spool-before-journal', 'spool-after-sync'] as const satisfies FailurePoint[]
const kinds = ['rapid-test', 'vaccination', 'booster', 'rapid-test'] as const satisfies SampleKind[]

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

test('what a node was killed over comes in at another, or is worked on there, once', { timeout: 600_000 }, async () => {
  const database = await createTestDatabase()
  const { line, url } = await lineTo(database.url)
  const client = await registerClient(database.url)
  await using heir = await startHubProcess({ node: 'heir', databaseUrl: database.url, env: town.env })
  await using victim = await startHubProcess({ node: 'victim', databaseUrl: url, env: town.env })
  const sender = makeSender(client, [heir.url])
  const db = lookAt(database.url)
  await Promise.all([heir.ready, victim.ready])
  await sender.signIn()
  const start = (failAt: string): Promise<void> => victim.start({ SLUIS_FAIL_AT: failAt }).catch(() => undefined)
  const isDead = async (point: string): Promise<void> =>
    expect({ point, ended: await victim.ended }).toEqual({ point, ended: 'SIGKILL' })

  // In order this once, so that it keeps who its senders are.
  await victim.kill('SIGTERM')
  for (const point of [...atTheDoor, ...onItsDisk]) {
    await line.mode(point.startsWith('spool') ? 'refuse' : 'pass')
    await start(`${point}:3`)
    const lane = async (kind: SampleKind): Promise<void> => {
      for (; victim.alive(); await sleep(20)) await sender.post(writeLetter(kind), victim.url).catch(() => undefined)
    }
    await Promise.all(kinds.map(lane))
    await isDead(point)
    // What has no answer goes to the other one; the dead one may hold it on its disk.
    await sender.resend()
  }

  // The newest: what is on the disk of a node that had its database between its deaths is stored long ago.
  const poison = [...sender.receipts.values()].findLast(({ level }) => level === 'spooled')
  await db.pool.query(`alter table message add constraint poison check (receipt <> '${poison!.receipt}') not valid`)
  await line.mode('pass')
  await start('spool-after-aside')
  await isDead('spool-after-aside')
  await db.pool.query('alter table message drop constraint poison')
  await start('')
  await untilStored(db, [sender])
  await untilSettled(db)
  await victim.kill('SIGTERM')

  // As if the answer of a destination had been lost: it tells by itself, and the second time another node.
  const { rows } = await db.pool.query<{ uid: string; sha256: string }>(
    `update delivery set state = 'unknown', due_at = now() + interval '1 hour', settled_at = null where id = (
      select min(id) from delivery where destination = 'sciensano') returning uid, encode(body_sha256, 'hex') as sha256`,
  )
  const { uid, sha256 } = rows[0]!
  const body = JSON.stringify({ destination: 'sciensano', deliveryId: uid, state: 'acknowledged', sha256 })
  const tell = async (node: string): Promise<number> => {
    const signed = signWebhook(town.env['SLUIS_DEST_SCIENSANO_SECRET']!, uid, new Date(), body)
    const headers = { 'content-type': 'application/json', ...signed }
    return (await fetch(`${node}/acknowledgements`, { method: 'POST', headers, body })).status
  }
  await start('callback-after-commit')
  while (victim.alive() && (await tell(victim.url).catch(() => 0)) === 503) await sleep(50)
  await isDead('callback-after-commit')
  expect(await tell(heir.url)).toBe(204)

  // Both take turns: in so many of them each has some.
  await start('replay-after-release')
  await victim.ready
  await replayVaccinations(db, 10)
  await isDead('replay-after-release')
  await start('')
  const state = async () => (await db.pool.query<{ state: string }>('select state from replay')).rows[0]!.state
  await until(state, (one) => one === 'done', 180_000)
  await untilSettled(db)
  await holdLaws(db, [sender], town.neighbours)
  await Promise.all([sender.close(), db.close()])
  await Promise.all([heir.kill('SIGTERM'), victim.kill('SIGTERM')])
  await line.close()
  await database.drop()
})
