// Appends until it is killed, and tells its parent each number whose append has resolved.
import { makeMessage, openAt } from './support.ts'

const [folder, journalFolder, from] = process.argv.slice(2)
const spool = await openAt(folder!, { journalFolder: journalFolder!, segmentBytes: 20_000 })
let next = Number(from)
process.stdout.write('open\n')

async function appendOnAndOn(): Promise<void> {
  for (;;) {
    const number = next
    next += 1
    await spool.append(makeMessage(number, 200))
    process.stdout.write(`${number}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, appendOnAndOn))
