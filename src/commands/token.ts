import { parseArgs, type ParseArgsConfig } from 'node:util'
import { askToken } from '../access/ask-token.ts'
import { clientFileOf, readClientFile } from '../access/development-client.ts'
import { hubUrl } from './shared/hub-address.ts'
import { dataFolderOf } from './shared/with-database.ts'
import type { CommandIo } from '../cli.ts'

const help = `sluis token [--data DIR] [--url URL] [--json]

Prints an access token of the development client of a data folder, good for ten minutes. The hub must be running.

  --data DIR   the hub's data folder (SLUIS_DATA, else .sluis); its client.json holds the key
  --url URL    the hub (SLUIS_URL, else where that of the data folder listens, else http://127.0.0.1:8080)
  --json       the whole answer of the token endpoint

Exit codes: 0 printed, 1 the hub refused or did not answer, 2 wrong use.
`

const options = {
  data: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

/** `sluis token`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let values: ReturnType<typeof read>
  try {
    values = read(args)
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  if (values.help) {
    io.stdout.write(help)
    return 0
  }
  const file = clientFileOf(dataFolderOf(values.data))
  const url = await hubUrl(values).catch((error: unknown) => error as Error)
  if (url instanceof Error) {
    io.stderr.write(`${url.message}.\n`)
    return 2
  }
  const client = await readClientFile(file).catch((error: unknown) => error as Error)
  if (client === null || client instanceof Error) {
    const why = client === null ? 'There is no' : 'Nothing can be read from'
    io.stderr.write(`${why} ${file}. Start a hub on this folder once, or name its folder with --data.\n`)
    return 2
  }
  const outcome = await askToken(url, client)
  if (outcome.state === 'given') {
    const { state: _, ...answer } = outcome
    io.stdout.write(`${values.json ? JSON.stringify(answer) : answer.access_token}\n`)
    return 0
  }
  const what = outcome.state === 'refused' ? outcome.why : `The hub at ${url} does not answer (${outcome.why}).`
  io.stderr.write(`${what}\n`)
  return 1
}

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], options }).values
}
