import { randomBytes } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/access/passwords.ts'
import { connect } from '../../src/store/connect.ts'
import { insertLocalPerson } from '../../src/store/people.ts'
import { startBalancer, type Balancer } from '../../src/drills/balancer.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { browserThere, openBrowser } from '../web/site.ts'

if (!browserThere) console.warn('the stream is not followed over a dead node: there is no Chromium on this machine')

const account = { login: 'reader', name: 'Reader', role: 'reader', language: 'nl' } as const

describe.skipIf(!browserThere)('a screen behind a balancer', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let hubs: readonly HubProcess[] = []
  let balancer: Balancer
  let browser: Browser
  /** Where the balancer leads to; changed while it runs. */
  const ports: number[] = []

  beforeAll(async () => {
    ;[database, balancer, browser] = await Promise.all([createTestDatabase(), startBalancer(ports), openBrowser()])
    const db = connect({ url: database.url, connections: 1 })
    await insertLocalPerson(db, { ...account, passwordHash: await hashPassword('reader-secret') })
    await db.close()
    const env = {
      SLUIS_MASTER_KEY: randomBytes(32).toString('base64'),
      SLUIS_PUBLIC_URL: `http://127.0.0.1:${balancer.port}`,
    }
    const start = (node: string) => startHubProcess({ node, databaseUrl: database.url, env })
    hubs = await Promise.all([start('one'), start('two')])
    await Promise.all(hubs.map((hub) => hub.ready))
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await balancer?.close()
    await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
    await database?.drop()
  }, 60_000)

  test('follows the hub on through another node when its own was killed, without a reload', async () => {
    const [one, two] = hubs as [HubProcess, HubProcess]
    ports.push(one.port)
    const page = await browser.newPage({ locale: 'en-GB', reducedMotion: 'reduce' })
    page.setDefaultTimeout(60_000)
    const url = `http://127.0.0.1:${balancer.port}`
    await page.goto(`${url}/sign-in?next=/nodes`)
    await page.fill('#name', account.login)
    await page.fill('#password', 'reader-secret')
    await page.click('form.act button')
    await page
      .locator('.as-of')
      .filter({ hasText: /^live, as of/ })
      .waitFor()
    await page.locator('h1').filter({ hasText: 'All 2 nodes are running' }).waitFor()
    await page.evaluate(() => Reflect.set(globalThis, 'sluisSamePage', true))

    // Until now every connection led to the first node, the stream's too; the second is there to be found.
    ports.push(two.port)
    expect(balancer.counts()[1] ?? 0).toBe(0)
    await one.kill('SIGKILL')

    // Only the second node can tell that the first is missed, and only the stream brings it here.
    await page.locator('h1').filter({ hasText: '1 of 2 nodes is running' }).waitFor()
    await page
      .locator('.as-of')
      .filter({ hasText: /^live, as of/ })
      .waitFor()
    expect(await page.evaluate(() => Reflect.get(globalThis, 'sluisSamePage'))).toBe(true)
    expect(balancer.counts()[1]).toBeGreaterThan(0)
  })
})
