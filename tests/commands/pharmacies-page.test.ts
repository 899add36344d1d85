import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { statusStates } from '../../src/contract/status-states.ts'
import { startWholeHub, type WholeHub } from './whole-hub.ts'
import { temporaryFolder } from './support.ts'

const root = join(import.meta.dirname, '..', '..')
let page = ''
let whole: WholeHub

beforeAll(async () => {
  page = await readFile(join(root, 'docs', 'pharmacies.md'), 'utf8')
  whole = await startWholeHub(['sciensano', 'digitaal-vlaanderen', 'vaccinnet'])
}, 120_000)
afterAll(() => whole?.stop(), 60_000)

test('a pharmacy connects, hands over, corrects, withdraws and is told by the page alone', async () => {
  const said = await follow([...page.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1]!))
  expect(said).not.toContainEqual(expect.stringContaining('"temporary"'))
  const [form, several, fhir, throughFhir, again, replaced, traced, events, told] = said.filter((one) => one !== '')
  expect(form).toMatch(/^\{"receipt":"[0-9a-f-]{36}".*"level":"stored"\}$/)
  expect(several).toContain('"path":"/forms/1/version"')
  expect(fhir).toMatch(/"level":"stored"\}$/)
  expect(throughFhir).toMatch(/^HTTP\/1.1 201 [^]*x-sluis-receipt: [0-9a-f-]{36}/)
  expect(again).toBe(form!.replace(/\}$/, ',"repeated":true}'))
  expect(replaced!.match(/"level":"stored"\}/g)).toHaveLength(2)
  expect(traced).toMatch(/"messageId":"[^"]+",.*"reading":/)
  expect(events).toMatch(/^\{"events":\[.*"next":/)
  expect(told).toMatch(/record-refused [0-9a-f-]{36}$/)
})

test('the page and the contract name the same states', () => {
  const part = page.slice(page.indexOf('## The status feed'), page.indexOf('## The webhook'))
  const named = [...part.matchAll(/^\| `([a-z-]+)` \| .* \| /gm)].map((match) => match[1]!)
  expect(named.toSorted()).toEqual(['state', ...Object.keys(statusStates)].toSorted())
})

/** What comes before the first form is handed over says nothing of it. */
const afterForms = 8

/** Runs the commands of the page in a folder of their own, against the hub; what each block printed. */
async function follow(blocks: readonly string[]): Promise<string[]> {
  const folder = await temporaryFolder()
  const between = '<<<>>>'
  const npx = `npx() { shift; "${process.execPath}" "${join(root, 'src', 'cli.ts')}" "$@"; }`
  const script = [npx, "trap 'kill $(jobs -p)' EXIT", 'set -eo pipefail', ...blocks]
    .join(`\necho '${between}'\n`)
    .replace('HUB=http://localhost:8080', `HUB=${whole.hub.url}`)
    .replaceAll('9753', String(await freePort()))
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder.path, env: process.env })
    return stdout
      .split(between)
      .slice(afterForms)
      .map((one) => one.trim())
  } finally {
    await folder.remove()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
