import jsqr from 'jsqr'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pauseDelivery } from '../../src/delivery/pauses.ts'
import { runningPauses } from '../../src/store/pauses.ts'
import { browserThere, openBrowser } from '../web/site.ts'
import { openWorld, type World } from './world.ts'

const reason = 'they asked for a halt'

if (!browserThere) console.warn('the console is not looked at: there is no Chromium on this machine')

describe.skipIf(!browserThere)('the console of a running hub', { timeout: 120_000 }, () => {
  let world: World
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    ;[world, browser] = await Promise.all([openWorld(), openBrowser()])
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    context.setDefaultTimeout(30_000)
    page = await context.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('dialog', (dialog) => complaints.push(dialog.message()))
    await signIn(page, 'operator')
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  }, 120_000)

  async function signIn(where: Page, role: 'operator' | 'helper' | 'reader') {
    await where.goto(`${world.hub.url}/`)
    await where.fill('#name', role)
    await where.fill('#password', world.passwords[role])
    await where.click('form.act button')
    await where.waitForURL(`${world.hub.url}/`)
  }

  const heading = (text: string | RegExp) => page.locator('h1').filter({ hasText: text }).waitFor()
  const open = (path: string) => page.goto(world.hub.url + path, { waitUntil: 'load' })
  const unfold = (text: string) => page.locator('.acts summary').filter({ hasText: text }).click()
  const post = (button: string) => page.locator('details[open] form.act button').filter({ hasText: button }).click()

  test('a form arrives, its way is followed without a reload, and its certificate can be scanned', async () => {
    await open('/destinations/vaccinnet')
    await unfold('Pause')
    await page.fill('#pause-reason', reason)
    await post('Pause')
    await heading('Vaccinnet is paused')
    const { receipt, messageId } = await world.send('vaccination')

    await page.fill('#find', messageId)
    await page.keyboard.press('Enter')
    await heading(/waits? for Vaccinnet/)
    expect(page.url()).toBe(`${world.hub.url}/trace?q=${receipt}`)
    const other = await context.newPage()
    await other.goto(`${world.hub.url}/destinations/vaccinnet`)
    await other.fill('#resume-reason', 'they are back again')
    await other.locator('details[open] form.act button').click()
    await other.locator('h1').filter({ hasNotText: 'paused' }).waitFor()
    await other.close()
    // No reload: the stream brings it.
    await heading(/acknowledged/)
    expect(await page.locator('.as-of').textContent()).toMatch(/^live, as of/)

    await page.locator('.certificate-line a').click()
    await page.locator('input[name=purpose][value=traveller-waiting]').check()
    await page.locator('form.act button').click()
    await page.locator('svg.qr').waitFor()
    const image = await context.request.get(page.url().replace('?', '/qr.png?'))
    const { data, width, height } = PNG.sync.read(await image.body())
    expect(jsqr.default(new Uint8ClampedArray(data), width, height)?.data).toMatch(/^HC1:/)
  })

  test('a pause without a reason is asked again, and one posted twice is one pause', async () => {
    await open('/destinations/sciensano/pause?kind=rapid-test')
    await heading('Pause Sciensano, Rapid test')
    await page.evaluate(() => document.querySelector('form.act')?.setAttribute('novalidate', ''))
    await page.fill('#reason', 'short')
    await page.locator('form.act button.main').click()
    await page.locator('.faults').waitFor()
    expect(await runningPauses(world.hub.parts.db)).toEqual([])

    await page.fill('#reason', reason)
    const fields = await page
      .locator('form.act')
      .evaluate((form) =>
        Object.fromEntries(
          [...new FormData(form as HTMLFormElement)].map(([name, value]) => [
            name,
            typeof value === 'string' ? value : '',
          ]),
        ),
      )
    const twice = await Promise.all(
      [1, 2].map(() =>
        context.request.post(`${world.hub.url}/destinations/sciensano/pause`, { form: fields, maxRedirects: 0 }),
      ),
    )
    expect(twice.map((answer) => answer.status())).toEqual([303, 303])
    const [pause, ...more] = await runningPauses(world.hub.parts.db)
    expect([pause?.formKind, pause?.owner, more.length]).toEqual(['rapid-test', 'operator', 0])
  })

  test('what waits is marked urgent by a helper, who may not resume', async () => {
    const { receipt } = await world.send('rapid-test')
    const theirs = await browser.newContext({ locale: 'en-GB' })
    const helper = await theirs.newPage()
    await signIn(helper, 'helper')
    await helper.goto(`${world.hub.url}/trace?q=${receipt}`)
    await helper.locator('.acts summary').click()
    await helper.fill('#reason', 'boards at ten past six')
    await helper
      .locator('form.act button')
      .filter({ hasText: /urgent/i })
      .click()
    await helper.getByText('Marked urgent by helper', { exact: false }).first().waitFor()
    await helper.goto(`${world.hub.url}/destinations/sciensano`)
    // What is paused offers at once to let it go on, and says to a helper who may.
    expect(await helper.locator('.acts details[open]').textContent()).toMatch(/Resume.*operator/)
    await theirs.close()

    await open('/destinations/sciensano/resume?kind=rapid-test')
    await page.fill('#reason', 'the form is right again')
    await page.locator('form.act button.main').click()
    await world.certified(receipt)
    await open('/')
    await page.locator('.events').getByText('marked urgent', { exact: false }).waitFor()
  })

  test('a service is paused on its page, seen on every queue it holds, and resumed from one of them', async () => {
    const { db } = world.hub.parts
    await open('/services/eforms')
    await unfold('Pause forwarding of eForms')
    await page.fill('#pause-reason', 'all forms wait for a correction')
    await post('Pause forwarding of eForms')
    await page.locator('.pause-line').getByText('all forms wait', { exact: false }).waitFor()
    expect(await runningPauses(db)).toMatchObject([{ what: 'delivery', destination: null, service: 'eforms' }])
    await open('/')
    await heading('3 of 3 queues are paused')
    expect(await page.locator('.queue .pause-line').allTextContents()).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^eForms: Paused by operator .*all forms wait/)),
    )
    await open('/destinations/vaccinnet')
    await heading('Vaccinnet is paused')
    expect(await page.locator('.acts details[open]').textContent()).toContain('all destinations')
    await page.fill('#resume-reason', 'they were corrected')
    await post('Resume eForms')
    await page.locator('h1').filter({ hasNotText: 'paused' }).waitFor()
    expect(await runningPauses(db)).toEqual([])

    await pauseDelivery(db, { service: 'eforms', formKind: 'booster-1' }, 'the booster form is corrected', 'karel')
    await open('/services/eforms')
    await unfold('Resume forwarding of First booster')
    await page.locator('details[open] textarea').fill('it was corrected')
    await post('Resume forwarding of First booster')
    await page.getByText('Everything is forwarded').waitFor()
    expect(await runningPauses(db)).toEqual([])
  })

  test('a replay is counted, confirmed, and ends in a count sheet', async () => {
    await open('/replays/new?destination=vaccinnet')
    await page.locator('form.act button.main').click()
    await heading(/1 delivery to Vaccinnet/)
    await page.fill('#reason', 'they lost the afternoon')
    await page.locator('form.act button.main').click()
    await heading(/replayed to Vaccinnet/)
    await page.locator('.sum').getByText('The count sheet', { exact: false }).waitFor()
    expect(await page.locator('.sum .tone-ok').count()).toBe(1)
  })

  test('intake of one form kind is closed and opened; the others go on', async () => {
    const post = async (act: 'close' | 'open') => {
      await open(`/services/eforms/${act}?kind=rapid-test`)
      await page.fill('#reason', reason)
      await page.locator('form.act button.main').click()
      await page.waitForURL(`${world.hub.url}/services/eforms`)
    }
    const until = async (status: number) => {
      await expect.poll(async () => (await world.send('rapid-test')).status, { timeout: 20_000 }).toBe(status)
    }
    await post('close')
    await until(503)
    expect((await world.send('booster')).status).toBe(202)
    await post('open')
    await until(202)
  })

  test('without scripts people sign in, see figures, choose a language, and act', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })
    const still = await plain.newPage()
    await signIn(still, 'operator')
    await still.locator('button[name=language][value=fr]').click()
    expect(await still.locator('html').getAttribute('lang')).toBe('fr')
    await still.goto(`${world.hub.url}/destinations/digitaal-vlaanderen/pause`)
    await still.fill('#reason', reason)
    await still.locator('form.act button.main').click()
    await still.waitForURL(`${world.hub.url}/destinations/digitaal-vlaanderen`)
    expect(await still.locator('.pause-line').first().textContent()).toContain(reason)
    await plain.close()
  })

  test('books, nodes and services show what is so, and nothing complained on the way', async () => {
    await open('/books')
    await page.locator('.check-cell').first().waitFor()
    expect(await page.locator('.check-cell .tone-bad').count()).toBe(0)
    await open('/nodes')
    await heading('The node is running')
    await open('/services/eforms')
    await expect
      .poll(() => page.locator('tbody tr').first().textContent(), { timeout: 20_000 })
      .toMatch(/Rapid test.*[1-9]/)
    // The one refusal above was asked for.
    expect(complaints.filter((text) => !/status of (422|503)/.test(text))).toEqual([])
  })
})
