import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { askToken } from '../../src/access/ask-token.ts'
import { makeClient, registerSender } from '../../src/access/clients.ts'
import type { ClientFile } from '../../src/access/development-client.ts'
import { sampleForm, type EForm, type SampleKind } from '../../src/formats/eform/sample.ts'
import { connect } from '../../src/store/connect.ts'

/** A form as bytes, with the id its sender gave it. */
export interface Letter {
  readonly messageId: string
  readonly bytes: Buffer
}

/** What a node said to a letter. */
export interface Answer {
  readonly status: number
  readonly body: {
    readonly receipt?: string
    readonly sha256?: string
    readonly level?: 'stored' | 'spooled'
    readonly repeated?: boolean
    readonly code?: string
    readonly temporary?: boolean
    readonly errors?: readonly unknown[]
  }
  readonly retryAfter: string | undefined
}

/** One receipt as the sender keeps it. */
export interface Kept {
  readonly messageId: string
  readonly receipt: string
  readonly sha256: string
  readonly level: 'stored' | 'spooled'
}

/**
 * A pharmacy's software that is honest: it sends the same bytes under the same id until it has an answer, and keeps every
 * receipt. A second receipt for one letter must be the first one again.
 */
export interface Sender {
  readonly clientId: string
  readonly receipts: ReadonlyMap<string, Kept>
  /** Letters without an answer so far, oldest first. */
  readonly unanswered: ReadonlyMap<string, Letter>
  /** What went wrong on the way, by kind: codes of sockets and statuses that ask for patience. */
  readonly troubles: Readonly<Record<string, number>>
  /** Posts once; a connection that breaks is thrown, as is a token that cannot be had. */
  post(letter: Letter, url?: string): Promise<Answer>
  /** Sends until it is answered with a receipt, a conflict or a refusal; null when `patience` milliseconds are over. */
  send(letter: Letter, patience?: number): Promise<Answer | null>
  /** Sends every unanswered letter again, in order. */
  resend(patience?: number): Promise<void>
  /** Gets a token and keeps it; asks again while the hub says that it cannot tell yet. */
  signIn(url?: string): Promise<void>
  close(): Promise<void>
}

/** Registers new senders in the database of a hub; their keys are in what comes back. */
export async function registerClients(databaseUrl: string, names: readonly string[]): Promise<ClientFile[]> {
  const db = connect({ url: databaseUrl, connections: 1, connectTimeout: 30_000 })
  const registered: ClientFile[] = []
  try {
    for (const name of names) {
      const { clientId, privateJwk, publicJwk } = await makeClient('pharmacy')
      await registerSender(db, { clientId, name, kind: 'pharmacy', publicJwks: [publicJwk] })
      registered.push({ clientId, privateJwk })
    }
  } finally {
    await db.close()
  }
  return registered
}

/** Registers one new sender. */
export async function registerClient(databaseUrl: string, name = 'Apotheek Test'): Promise<ClientFile> {
  const [client] = await registerClients(databaseUrl, [name])
  return client!
}

/** `count` different names of pharmacies. */
export function pharmacyNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `Apotheek ${i}`)
}

/** A valid form of an invented person. `change` may spoil it. */
export function writeLetter(
  kind: SampleKind = 'rapid-test',
  change: (form: EForm) => unknown = (form) => form,
): Letter {
  const form = sampleForm(kind, { random: Math.random, at: new Date() })
  return { messageId: form.messageId, bytes: Buffer.from(JSON.stringify(change(form))) }
}

/** Letters of all kinds in turn. */
export function writeLetters(count: number): Letter[] {
  const kinds = ['rapid-test', 'vaccination', 'booster', 'second-booster'] as const
  return Array.from({ length: count }, (_, place) => writeLetter(kinds[place % kinds.length]))
}

const temporary = new Set([401, 429, 500, 502, 503])
const pauseMilliseconds = 50

/** Makes a sender for one or more nodes; it goes on to the next one when a node is gone. */
export function makeSender(client: ClientFile, urls: readonly string[]): Sender {
  const receipts = new Map<string, Kept>()
  const unanswered = new Map<string, Letter>()
  const troubles: Record<string, number> = {}
  const agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 30_000, headersTimeout: 30_000 })
  let turn = 0
  let token: string | undefined
  let renewAt = Infinity

  const askOnce = async (url: string): Promise<void> => {
    const outcome = await askToken(url, client)
    if (outcome.state !== 'given') throw Object.assign(new Error(`no token: ${outcome.why}`), { code: 'NO_TOKEN' })
    token = outcome.access_token
    // At half its life, as a client that runs for long does; one asks, the others go on with what there is.
    renewAt = Date.now() + outcome.expires_in * 500
  }
  const signIn = async (url = urls[turn % urls.length]!): Promise<void> => {
    for (const end = Date.now() + 20_000; ; await sleep(pauseMilliseconds)) {
      try {
        return await askOnce(url)
      } catch (error) {
        if (Date.now() > end) throw error
      }
    }
  }
  const post = async (letter: Letter, url = urls[turn % urls.length]!): Promise<Answer> => {
    if (token === undefined) await askOnce(url)
    else if (Date.now() > renewAt) {
      renewAt = Infinity
      await askOnce(url)
    }
    unanswered.set(letter.messageId, letter)
    const { statusCode, headers, body } = await request(`${url}/messages`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: letter.bytes,
    })
    const answer = JSON.parse(await body.text()) as Answer['body']
    if (statusCode === 401) token = undefined
    if (!temporary.has(statusCode)) {
      unanswered.delete(letter.messageId)
      keep(letter, answer)
    }
    return { status: statusCode, body: answer, retryAfter: headers['retry-after']?.toString() }
  }
  const keep = (letter: Letter, { receipt, sha256, level }: Answer['body']): void => {
    if (receipt === undefined || sha256 === undefined || level === undefined) return
    if (sha256 !== createHash('sha256').update(letter.bytes).digest('hex'))
      throw new Error('a receipt over other bytes')
    const earlier = receipts.get(letter.messageId)
    if (earlier !== undefined && earlier.receipt !== receipt) throw new Error('two receipts for one letter')
    receipts.set(letter.messageId, earlier ?? { messageId: letter.messageId, receipt, sha256, level })
  }
  const trouble = (kind: string): void => {
    troubles[kind] = (troubles[kind] ?? 0) + 1
    turn += 1
  }
  const send: Sender['send'] = async (letter, patience = 30_000) => {
    unanswered.set(letter.messageId, letter)
    const end = Date.now() + patience
    for (;;) {
      try {
        const answer = await post(letter)
        if (!temporary.has(answer.status)) return answer
        trouble(`${answer.status} ${answer.body.code}`)
      } catch (error) {
        const code = (error as { code?: string }).code
        if (code === undefined) throw error
        trouble(code)
      }
      if (Date.now() > end) return null
      await sleep(pauseMilliseconds)
    }
  }
  return {
    clientId: client.clientId,
    receipts,
    unanswered,
    troubles,
    post,
    send,
    signIn,
    async resend(patience) {
      for (const letter of unanswered.values()) await send(letter, patience)
    },
    close: () => agent.destroy(),
  }
}

/** Another letter under the same id. */
export function contradict({ messageId }: Letter): Letter {
  const other = JSON.parse(writeLetter().bytes.toString()) as EForm
  return { messageId, bytes: Buffer.from(JSON.stringify({ ...other, messageId, motive: randomUUID() })) }
}
