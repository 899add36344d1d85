import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { languages, type Language } from '../../src/kernel/language.ts'
import { fixtureView } from '../../src/web/fixtures/context.ts'
import { fixtureOverview } from '../../src/web/fixtures/overview.ts'
import { fixturePages } from '../../src/web/fixtures/pages.ts'
import { overviewLive } from '../../src/web/pages/overview.tsx'
import type { ThemeChoice } from '../../src/web/view.ts'
import { browserThere, closeSite, openBrowser, openSite, type Site } from './site.ts'

if (!browserThere) console.warn('screens: skipped, no Chromium on this machine')

/** How long a browser on a busy machine may take. */
const patience = { timeout: 20_000 }

const names = Object.keys(fixturePages)

/** Made of the same parts as a page that axe has looked at: only measured, because axe takes most of the time. */
const variants = new Set([
  'overview-quiet',
  'destination-paused',
  'service-new',
  'trace-start',
  'trace-waiting',
  'trace-spooled',
  'trace-set-aside',
  'replay-done',
  'books-empty',
  'not-found',
  'packs-none',
  'pack-new',
  'pack-tables-none',
  'pack-report-busy',
  'pack-canary',
  'pack-confirm-second',
  'withheld-nothing',
  'withheld-undo-gone',
  'emergencies-none',
  'results-none',
  'monitor-none',
  'practice-none',
  'feeds-young',
  'feeds-none',
])

/** What of axe depends on words and on how long they are; all of it in one language takes too long to do in four. */
const ofWords = [
  'aria-command-name',
  'aria-input-field-name',
  'button-name',
  'document-title',
  'empty-heading',
  'html-lang-valid',
  'image-alt',
  'label',
  'landmark-unique',
  'link-name',
  'scrollable-region-focusable',
  'select-name',
  'summary-name',
  'svg-img-alt',
  'target-size',
  'valid-lang',
]

/** Each page is looked at in one of eight looks; on a phone it is measured in every language besides. */
const looks = names.map((name, index) => ({
  name,
  language: languages[index % 4] as Language,
  theme: (index % 8 < 4 ? 'light' : 'dark') as ThemeChoice,
  width: index % 3 === 0 ? 390 : 1280,
}))

describe.skipIf(!browserThere)('screens in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let site: Site
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    browser = await openBrowser()
    site = await openSite()
    context = await browser.newContext({ reducedMotion: 'reduce' })
    page = await context.newPage()
    complaints = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('dialog', (dialog) => complaints.push(dialog.message()))
  })

  afterAll(async () => {
    await browser?.close()
    if (site !== undefined) await closeSite(site)
  })

  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

  const open = async (name: string, language: Language, theme: ThemeChoice, width: number) => {
    complaints.length = 0
    await page.setViewportSize({ width, height: 900 })
    await page.goto(site.address(name, language, theme), { waitUntil: 'load' })
  }

  test.each(looks)('$name in $language, $theme, $width px: axe has no finding, nothing complains', async (look) => {
    await open(look.name, look.language, look.theme, look.width)
    // Legacy: there are no frames of elsewhere, for which axe would open a blank page each time; that took a third.
    const { violations } = variants.has(look.name)
      ? { violations: [] }
      : await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map((finding) => `${finding.id}: ${finding.nodes.map((node) => node.html).join(' ')}`)).toEqual(
      [],
    )
    expect(await overflow()).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })

  test.each(languages)('in %s no page is wider than a phone, and axe finds everything named', async (language) => {
    const wrong: string[] = []
    for (const name of names) {
      await open(name, language, 'light', 390)
      if ((await overflow()) > 0) wrong.push(`${name} is too wide`)
      if (variants.has(name)) continue
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().withRules(ofWords).analyze()
      wrong.push(...violations.map((finding) => `${name}, ${finding.id}: ${finding.nodes[0]?.html}`))
    }
    await open('overview', language, 'light', 320)
    if ((await overflow()) > 0) wrong.push('overview is too wide at 320')
    expect(wrong).toEqual([])
  })

  test('what ends a pause does not touch the reason above it at 390 px', async () => {
    await open('service', 'de', 'light', 390)
    const line = await page.locator('.pause-line:has(+ .acts)').boundingBox()
    const button = await page.locator('.pause-line + .acts summary').first().boundingBox()
    expect((button?.y ?? 0) - (line?.y ?? 0) - (line?.height ?? 0)).toBeGreaterThanOrEqual(12)
  })

  test('a button does not touch the sentence above it', async () => {
    await open('service-new', 'de', 'light', 1280)
    const line = await page.locator('p:has(+ .acts)').boundingBox()
    const button = await page.locator('p + .acts summary').first().boundingBox()
    expect((button?.y ?? 0) - (line?.y ?? 0) - (line?.height ?? 0)).toBeGreaterThanOrEqual(12)
  })

  test('the hours of a heat map leave room for the names before them at 390 px', async () => {
    const widths: number[] = []
    for (const name of ['feeds', 'feeds-young']) {
      await open(name, 'nl', 'light', 390)
      const found = await page.evaluate(() =>
        [...document.querySelectorAll('.heat tbody th')].map((one) => one.getBoundingClientRect().width),
      )
      widths.push(...found)
    }
    expect(widths.length).toBeGreaterThan(2)
    expect(widths.filter((width) => width < 100)).toEqual([])
  })

  test('the menu takes two lines in every language on a wide screen', async () => {
    for (const language of languages) {
      await open('overview', language, 'light', 1280)
      const tops = await page.evaluate(() => [
        ...new Set([...document.querySelectorAll('.main-nav a')].map((link) => link.getBoundingClientRect().top)),
      ])
      expect({ language, lines: tops.length }).toEqual({ language, lines: 2 })
    }
  })

  test('a page moves nothing while it loads', async () => {
    await open('overview', 'nl', 'light', 1280)
    const shift = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          let sum = 0
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
          }).observe({ type: 'layout-shift', buffered: true })
          setTimeout(() => done(sum), 200)
        }),
    )
    expect(shift).toBeLessThan(0.01)
  })

  test('the stream replaces the live part, the title follows, and the page says that it is live', async () => {
    await open('overview', 'en', 'light', 1280)
    await expect.poll(() => site.streams.get('/live/overview') !== undefined, patience).toBe(true)
    const queues = fixtureOverview.queues.filter((queue) => queue.state === 'passing')
    const part = overviewLive(fixtureView('en'), { ...fixtureOverview, queues })
    site.streams.get('/live/overview')?.write(`id: 1\n${part.replaceAll(/^/gm, 'data: ')}\n\n`)
    await expect.poll(() => page.locator('h1').textContent(), patience).toBe('The queue is passing')
    await expect.poll(() => page.title(), patience).toBe('The queue is passing – Sluis')
    expect(await page.locator('.as-of').textContent()).toMatch(/^live, as of \d\d:\d\d:\d\d/)
    expect(complaints).toEqual([])
  })

  test('a refused stream leaves the figures as they are, says so, and is asked for again', async () => {
    site.refusals = 1
    await open('nodes', 'en', 'light', 1280)
    await expect.poll(() => page.locator('.as-of').textContent(), patience).toMatch(/^stream is silent/)
    expect(await page.locator('h1').textContent()).toBe('1 of 2 nodes is running')
    await expect.poll(() => site.streams.get('/live/nodes') !== undefined, patience).toBe(true)
    site.streams.get('/live/nodes')?.write(`data: <h1>Again</h1>\n\n`)
    await expect.poll(() => page.locator('h1').textContent(), patience).toBe('Again')
  })

  test('a stream that falls silent is said so within seconds, with how long, and asked for again', async () => {
    await open('overview', 'en', 'light', 1280)
    const stream = () => site.streams.get('/live/overview')
    const part = overviewLive(fixtureView('en'), fixtureOverview).replaceAll(/^/gm, 'data: ')
    const speak = () => stream()?.write(`${part}\n\n`)
    const says = () => page.locator('.as-of').textContent()
    await expect.poll(() => stream() !== undefined, patience).toBe(true)
    speak()
    await expect.poll(says, patience).toMatch(/^live, as of/)

    // Broken off, and the node refuses for a while.
    site.refusals = 3
    stream()?.destroy()
    await expect.poll(says, patience).toMatch(/^stream is silent \(last word \d+ sec\.? ago\), reconnecting/)
    await expect.poll(() => stream() !== undefined, patience).toBe(true)
    speak()
    await expect.poll(says, patience).toMatch(/^live, as of/)

    // A connection that is dead and does not know it: no end, no word.
    const dead = stream()
    await expect.poll(says, patience).toMatch(/^stream is silent/)
    await expect.poll(() => stream() !== undefined && stream() !== dead, patience).toBe(true)
  })

  test('keys lead to the search and to pages, and stay out of fields', async () => {
    await open('overview', 'en', 'light', 1280)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip')
    await page.keyboard.press('/')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('find')
    await page.keyboard.type('gb?')
    expect(await page.locator('#find').inputValue()).toBe('gb?')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('?')
    expect(await page.locator('#keys').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('#keys').waitFor({ state: 'hidden' })
    await page.keyboard.press('j')
    expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-row'))).toBe(true)
  })

  test('without scripts: the menu opens, acts unfold, the figures are there', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 900 } })
    const still = await plain.newPage()
    await still.goto(site.address('destination', 'nl', 'light'))
    expect(await still.locator('h1').textContent()).toContain('1.204')
    await still.locator('.menu-button').click()
    expect(await still.locator('.main-nav').isVisible()).toBe(true)
    await still.keyboard.press('Escape')
    await still.locator('.acts summary').first().click()
    expect(await still.locator('.acts form').first().isVisible()).toBe(true)
    await plain.close()
  })

  test('a reader sees why an act is not theirs', async () => {
    await page.goto(site.address('destination', 'nl', 'light', 'reader'))
    await page.locator('.acts summary').first().click()
    expect(await page.locator('.acts details[open]').textContent()).toContain('Dit kan alleen een operator')
    expect(await page.locator('.acts details[open] button').count()).toBe(0)
  })

  test('a certificate prints its code at 50 mm and none of the controls', async () => {
    await open('certificate', 'nl', 'dark', 1280)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.bar').isVisible()).toBe(false)
    expect(await page.locator('[data-print]').isVisible()).toBe(false)
    const box = await page.locator('.qr').boundingBox()
    expect(Math.round(((box?.width ?? 0) / 96) * 25.4)).toBe(50)
    await page.emulateMedia({ media: null })
  })

  test('the first visit of the largest page stays under 60 kB without the typeface', async () => {
    site.sent.clear()
    const fresh = await browser.newContext()
    const visitor = await fresh.newPage()
    await visitor.goto(site.address('trace', 'de', 'light'), { waitUntil: 'load' })
    await fresh.close()
    const html = gzipSync(fixturePages['trace']!(fixtureView('de'), (data) => data)).length
    const assets = [...site.sent].filter(([path]) => path.startsWith('/static/') && !path.endsWith('.woff2'))
    const bytes = html + assets.reduce((sum, [, size]) => sum + size, 0)
    expect(assets.length).toBeGreaterThanOrEqual(5)
    expect(bytes).toBeLessThan(60_000)
    expect([...site.sent.keys()].filter((path) => path.endsWith('.woff2'))).toHaveLength(1)
  })
})
