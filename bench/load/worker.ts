// A process of its own, so that the load costs the hub's event loop nothing. Options come as JSON, the result goes out as JSON.
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { runLoad } from './generator.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as {
  port: number
  connections: number
  seconds: number
  warmupSeconds: number
  token: string
  run: string
}
const form = sampleForm('rapid-test', { random: seededRandom(7), at: new Date() })
const [before = '', after = ''] = JSON.stringify(form).split(form.messageId)
const result = await runLoad({ ...options, host: '127.0.0.1', before, after })
process.stdout.write(JSON.stringify({ ...result, bytes: before.length + after.length + 12, cpu: process.cpuUsage() }))
