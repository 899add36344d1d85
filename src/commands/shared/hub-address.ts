import { askToken } from '../../access/ask-token.ts'
import { clientFileOf, readClientFile } from '../../access/development-client.ts'
import { notedHubUrl } from '../../access/hub-note.ts'
import type { Language } from '../../kernel/language.ts'
import { BadAnswer, WrongUse } from './outcome.ts'
import { dataFolderOf } from './with-database.ts'

/** A running hub as a sender speaks to it. */
export interface HubAddress {
  readonly url: string
  /** A token to send with; `fresh` asks for another one, as when it ran out. Throws `BadAnswer`. */
  token(fresh?: boolean): Promise<string>
}

interface Place {
  readonly url?: string | undefined
  readonly data?: string | undefined
}

/** The lines of a help text about `hubAddress`. */
export const addressHelp = `  --url URL      the hub (SLUIS_URL, else where that of the data folder listens, else http://127.0.0.1:8080)
  --data DIR     the data folder with the client to send as (SLUIS_DATA, else .sluis), unless SLUIS_TOKEN holds a token`

/** The address of the hub that is meant, without a slash at its end. Throws `WrongUse` when what was said is none. */
export async function hubUrl(values: Place): Promise<string> {
  const said = values.url ?? process.env['SLUIS_URL'] ?? (await notedHubUrl(dataFolderOf(values.data)))
  const url = (said ?? 'http://127.0.0.1:8080').replace(/\/+$/, '')
  if (!URL.canParse(url)) throw new WrongUse(`--url ${url} is not an address such as http://127.0.0.1:8080`)
  return url
}

/** Finds the hub and who speaks to it. Throws `WrongUse` when there is no client. */
export async function hubAddress(values: Place, language: Language): Promise<HubAddress> {
  const url = await hubUrl(values)
  const given = process.env['SLUIS_TOKEN']
  if (given !== undefined) return { url, token: async () => given }
  const file = clientFileOf(dataFolderOf(values.data))
  const client = await readClientFile(file).catch(() => undefined)
  if (client === null)
    throw new WrongUse(`There is no ${file}. Start a hub on this folder once, or name it with --data.`)
  if (client === undefined) throw new WrongUse(`${file} is not a client's file.`)
  let asked: Promise<string> | undefined
  const ask = async (): Promise<string> => {
    const outcome = await askToken(url, client, language)
    if (outcome.state === 'given') return outcome.access_token
    if (outcome.state === 'refused') throw new BadAnswer(`${outcome.why} (${outcome.code})`)
    throw new BadAnswer(
      `The hub at ${url} does not answer (${outcome.why}). Look whether it runs, or name another with --url.`,
    )
  }
  return {
    url,
    token(fresh = false) {
      if (fresh) asked = undefined
      return (asked ??= ask())
    },
  }
}
