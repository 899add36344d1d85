// Fills a spool, opens it again and drains it, and tells how much memory is held at each stop, in MB.
import { makeMessage, openAt } from './support.ts'

const [folder, count] = process.argv.slice(2)
const memory = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return Math.round((heapUsed + external) / 1e6)
}

async function fill(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 2_000) {
    await Promise.all(Array.from({ length: Math.min(2_000, to - n) }, (_, k) => spool.append(template(n + k))))
  }
}

const model = makeMessage(1)
const template = (n: number): typeof model => ({ ...model, messageId: `form-${n}` })

const total = Number(count)
let spool = await openAt(folder!)
await fill(0, total / 10)
const early = memory()
await fill(total / 10, total)
const late = memory()
await spool.close()
spool = await openAt(folder!)
const reopened = memory()
const { frames } = spool.state()
let drained = 0
for (;;) {
  const { messages, token } = await spool.next(256, 1e6)
  if (messages.length === 0) break
  if (messages[0]!.messageId !== `form-${drained}`) throw new Error(`out of order at ${drained}`)
  drained += messages.length
  await spool.done(token)
}
await spool.close()
process.stdout.write(JSON.stringify({ frames, drained, early, late, reopened, after: memory() }))
