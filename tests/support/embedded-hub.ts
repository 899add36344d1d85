import { startEmbedded } from '../../src/store/embedded/start.ts'

// A process that does with the embedded PostgreSQL what a hub does, for tests that kill it. Every line it writes is JSON:
// first what `startEmbedded` said and gave, or the code of its error; SIGTERM stops it.
const [dataFolder = '', durable = '', end = ''] = process.argv.slice(2)
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const database = await startEmbedded({
    dataFolder,
    say: (said) => tell({ said }),
    testOnlyNoFsync: durable !== 'durable',
    endsWithUs: end === 'ends-with-us',
  })
  const living = setInterval(() => undefined, 60_000)
  process.once('SIGTERM', () => {
    clearInterval(living)
    void database.stop().then(() => tell({ stopped: true }))
  })
  // Last: whoever reads it may send the signal at once.
  tell({ url: database.url, adopted: database.adopted })
} catch (error) {
  tell({ code: (error as { code?: string }).code, message: (error as Error).message })
  process.exitCode = 1
}
