import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { run, startNeighbours, type Neighbours } from './neighbours.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluis-neighbours-'))
let running: Neighbours | null = null
afterEach(async () => {
  await running?.stop()
  running = null
  rmSync(folder, { recursive: true, force: true })
})

const start = async (): Promise<Neighbours> => {
  running = await startNeighbours({ hubs: [], data: folder, only: ['sciensano', 'vaccinnet'], say: () => {} })
  return running
}

const control = async (url: string | undefined): Promise<Record<string, unknown>> =>
  (await (await fetch(`${url}/control`)).json()) as Record<string, unknown>

async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}/stat`)) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('starts each as a process of its own, with a secret that stays the same', async () => {
  const first = await start()
  const { sciensano, vaccinnet } = first.ports
  expect(Object.keys(first.ports)).toEqual(['sciensano', 'vaccinnet'])
  expect(new Set([sciensano?.pid, vaccinnet?.pid, process.pid]).size).toBe(3)
  expect(await control(vaccinnet?.controlUrl)).toMatchObject({ name: 'vaccinnet', pid: vaccinnet?.pid })
  const headers = { authorization: `Bearer ${sciensano?.secret}` }
  expect((await fetch(`${sciensano?.url}/account`, { headers })).status).toBe(200)
  await first.stop()
  await gone(sciensano?.pid ?? 0)
  expect((await start()).ports.sciensano?.secret).toBe(sciensano?.secret)
})

test('starts one again that was killed, on the same port', async () => {
  const neighbours = await start()
  const before = neighbours.ports.sciensano
  process.kill(before?.pid ?? 0, 'SIGKILL')
  while (neighbours.ports.sciensano?.pid === before?.pid) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(neighbours.ports.sciensano).toMatchObject({ port: before?.port, controlPort: before?.controlPort })
  expect(await control(before?.controlUrl)).toMatchObject({ pid: neighbours.ports.sciensano?.pid })
})

test('leaves nobody behind when the one who started them is killed', async () => {
  const module = new URL('./neighbours.ts', import.meta.url).href
  const script = `import { startNeighbours } from '${module}'
    const { ports } = await startNeighbours({ hubs: [], data: '${folder}', only: ['sciensano'], say: console.error })
    console.log(ports.sciensano.pid)`
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  expect(existsSync(`/proc/${pid}/stat`)).toBe(true)
  parent.kill('SIGKILL')
  await gone(pid)
})

test.each([
  [['--help'], 0],
  [['--only', 'nobody'], 2],
  [['--port', 'x'], 2],
  [['--what'], 2],
])('sluis neighbours %j ends with %i', async (args, code) => {
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  expect(await run(args, io)).toBe(code)
  expect(String(code === 0 ? io.stdout.read() : io.stderr.read())).toContain('sluis neighbours')
})

test('secrets of a file torn by a power cut are made anew', async () => {
  for (const torn of ['', '{"sciensano":']) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'secrets.json'), torn)
    await (await startNeighbours({ hubs: [], data: folder, only: [], say: () => undefined })).stop()
    const kept = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>
    expect(kept['sciensano']).toMatch(/^whsec_/)
  }
})
