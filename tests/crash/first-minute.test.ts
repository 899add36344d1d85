import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { processesOf, temporaryFolder } from '../commands/support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  for (const { pid } of processesOf(folder.path)) process.kill(pid, 'SIGKILL')
  await folder.remove()
})

/** As a stranger has it: no setting of this machine. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('SLUIS_')),
)

const sluis = (words: string): Promise<{ stdout: string }> =>
  promisify(execFile)('/bin/sh', ['-c', words.replaceAll('sluis', `"${process.execPath}" bin/sluis.js`)], {
    env: { ...environment, SLUIS_DATA: folder.path },
  })

interface Trace {
  readonly records: readonly { readonly certificate?: { readonly hc1: string } }[]
}

test(
  'the hub of the README with its simulators: a form gets its certificate, and PostgreSQL killed in between costs nothing',
  { timeout: 400_000 },
  async () => {
    const hub = spawn(
      process.execPath,
      ['bin/sluis.js', 'start', '--port', '0', '--mllp-port', '0', '--data', folder.path],
      { stdio: ['ignore', 'pipe', 'inherit'], env: environment },
    )
    let said = ''
    hub.stdout.on('data', (part: Buffer) => (said += part.toString()))
    await vi.waitFor(() => expect(said).toContain('sluis is ready'), { timeout: 180_000, interval: 200 })
    const send = async (): Promise<string> => {
      const { stdout } = await sluis('sluis sample rapid-test | sluis send - --json')
      const [line] = stdout.trim().split('\n')
      return (JSON.parse(line!) as { receipt: string }).receipt
    }
    const before = await send()
    const server = processesOf(folder.path).find(({ line }) => /\bpostgres\0-D\0/.test(line))
    process.kill(server!.pid, 'SIGKILL')
    const after = await send()
    for (const receipt of [before, after])
      await vi.waitFor(
        async () => {
          const { stdout } = await sluis(`sluis trace ${receipt} --json --purpose traveller-waiting`)
          expect((JSON.parse(stdout) as Trace).records[0]?.certificate?.hc1).toMatch(/^HC1:/)
        },
        { timeout: 120_000, interval: 1_000 },
      )
    // Each ends with 1 when the answer is bad.
    await sluis('sluis account')
    await sluis('sluis doctor')
    const gone = once(hub, 'exit')
    hub.kill('SIGTERM')
    expect(await gone).toEqual([0, null])
    expect(processesOf(folder.path)).toEqual([])
  },
)
