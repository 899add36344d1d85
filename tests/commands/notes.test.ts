import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSimulated } from '../../src/commands/shared/start-simulated.ts'
import { readConfig } from '../../src/config.ts'
import { startHub } from '../../src/main.ts'
import { temporaryFolder } from './support.ts'

test(
  'a hub starts also where the notes for commands cannot be written, as on a full disk',
  { timeout: 200_000 },
  async () => {
    const folder = await temporaryFolder()
    onTestFinished(() => folder.remove())
    // No file takes the place of a folder.
    for (const note of [['hub-url'], ['neighbours', 'places.json'], ['folder-id']])
      mkdirSync(join(folder.path, ...note), { recursive: true })
    const env = { SLUIS_LOG: 'error', SLUIS_PROBE_SECONDS: '0', SLUIS_DRAIN_MS: '0', SLUIS_MLLP_LOOPBACK: '0' }
    const said: string[] = []
    const config = readConfig({ port: 0, mllpPort: 0, data: folder.path }, env)
    const simulated = await startSimulated(config, (line) => void said.push(line))
    onTestFinished(() => simulated.stop())
    expect(said).toContainEqual(expect.stringMatching(/^commands will not find .*\(EISDIR\)$/))
    const hub = await startHub(config, simulated.around, () => undefined)
    try {
      await hub.ready
    } finally {
      await hub.stop()
    }
  },
)
