import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess } from '../support/hub.ts'
import { makeSender, pharmacyNames, registerClients, writeLetter } from '../support/sender.ts'
import { holdLaws, lookAt, until, untilSettled } from './laws.ts'
import { lineTo, startTown, type Town } from './town.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
})

interface Health {
  readonly status: number
  readonly ready: boolean
  readonly custodian: string
  readonly spool: { readonly frames: number; readonly full: boolean }
}

test(
  'a disk that is full under the spool turns messages away by name, and takes them again once it has room',
  { timeout: 240_000 },
  async () => {
    const database = await createTestDatabase()
    const clients = await registerClients(database.url, pharmacyNames(1))
    const { line, url } = await lineTo(database.url)
    const sign = join(tmpdir(), `sluis-full-${process.pid}`)
    const isFull = (full: boolean): Promise<void> => (full ? writeFile(sign, '') : rm(sign, { force: true }))
    const disk = { NODE_OPTIONS: `--import=${new URL('full-disk.ts', import.meta.url).href}`, SLUIS_TEST_FULL: sign }
    const hub = await startHubProcess({ databaseUrl: url, env: { ...town.env, ...disk } })
    const db = lookAt(database.url)
    const sender = makeSender(clients[0]!, [hub.url])
    onTestFailed(() => console.log(hub.output().slice(-4_000)))
    const health = async (): Promise<Health> => {
      const answer = await fetch(`${hub.url}/readyz`)
      return { ...((await answer.json()) as Omit<Health, 'status'>), status: answer.status }
    }
    const turnedAway = async (): Promise<number> => {
      const text = await (await fetch(`${hub.url}/metrics`)).text()
      const found = text.split('\n').find((one) => /^sluis_turned_away_total\{.*code="spool-full"/.test(one))
      return Number(found?.split(' ').at(-1) ?? 0)
    }
    const storing = ({ custodian, spool }: Health): boolean => custodian === 'storing' && spool.frames === 0
    try {
      await hub.ready
      await sender.signIn()
      await until(health, storing)
      await line.mode('refuse')
      expect(await sender.post(writeLetter())).toMatchObject({ status: 202, body: { level: 'spooled' } })

      await isFull(true)
      // Tried again, for a machine that stands still longer than a disk counts as full after it refused.
      const { refused, told } = await until(
        async () => ({ refused: await sender.post(writeLetter()), told: await health() }),
        ({ told: { ready } }) => !ready,
      )
      expect(refused).toMatchObject({ status: 503, body: { code: 'spool-full', temporary: true } })
      expect(Number(refused.retryAfter)).toBeGreaterThan(0)
      expect(told).toMatchObject({ status: 503, ready: false, spool: { full: true, frames: 1 } })
      expect(await turnedAway()).toBeGreaterThan(0)

      // Room again while the database is still away.
      await isFull(false)
      expect(await sender.send(writeLetter())).toMatchObject({ status: 202, body: { level: 'spooled' } })
      expect(await health()).toMatchObject({ ready: true, status: 200, spool: { full: false, frames: 2 } })

      // The database again while there is no room: what waits is drained all the same.
      await isFull(true)
      expect((await sender.post(writeLetter())).status).toBe(503)
      await line.mode('pass')
      await until(health, storing)
      expect(await sender.send(writeLetter())).toMatchObject({ status: 202, body: { level: 'stored' } })
      await isFull(false)
      await sender.resend()
      await untilSettled(db)
      // A disk counts as full for some seconds after it refused, also when all is stored sooner.
      expect(await until(health, ({ ready }) => ready)).toMatchObject({ status: 200, spool: { full: false } })
      await holdLaws(db, [sender], town.neighbours)
    } finally {
      await hub[Symbol.asyncDispose]()
      await Promise.all([sender.close(), db.close(), line.close()])
      await database.drop()
      await isFull(false)
    }
  },
)
