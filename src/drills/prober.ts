import { setTimeout as wait } from 'node:timers/promises'
import { readTrustedKey, type TrustedKey } from '../certificates/trust.ts'
import { verifyCertificate } from '../certificates/verify.ts'
import { ask } from './ask.ts'
import { makeToken, offer, writeForm } from './offer.ts'
import type { Town } from './town.ts'

export const probed = ['trace', 'status', 'verify'] as const
export type Probed = (typeof probed)[number]

/** How often each was asked and answered, by where in the day. */
export interface Answers {
  readonly asked: number
  readonly answered: number
}

export interface Prober {
  /** From now on answers are counted under this name. */
  during(part: string): void
  answers(part: string): Readonly<Record<Probed, Answers>>
  stop(): Promise<void>
}

/**
 * Asks the hub like a pharmacist at the counter, over the balancer and over a new connection each time: where is this form,
 * what is new for me, does this certificate hold. One form was sent before, and its certificate is there.
 */
export async function startProber(town: Town, everyMs: number): Promise<Prober> {
  const token = makeToken(town)
  const receipt = await sendForm(town, await token())
  const hc1 = await certificateOf(town, receipt, await token())
  const trust = await trustOf(town)
  const counts = new Map<string, Record<Probed, { asked: number; answered: number }>>()
  let part = ''
  const countsOf = (name: string) => {
    const known = counts.get(name)
    if (known !== undefined) return known
    const fresh = {
      trace: { asked: 0, answered: 0 },
      status: { asked: 0, answered: 0 },
      verify: { asked: 0, answered: 0 },
    }
    counts.set(name, fresh)
    return fresh
  }
  const probe = async (what: Probed, look: () => Promise<boolean>): Promise<void> => {
    const count = countsOf(part)[what]
    const answered = await look()
    count.asked += 1
    if (answered) count.answered += 1
  }
  const get = async (path: string): Promise<string> => {
    const authorization = `Bearer ${await token()}`
    // As long as somebody at a counter waits; a busy machine is slow, and slow is not silent.
    const told = await ask(town.url + path, { headers: { authorization }, timeoutMs: 5_000 })
    return told?.status === 200 ? told.text : ''
  }
  let stopped = false
  const once = async (): Promise<void> => {
    await Promise.all([
      probe('trace', async () => (await get(`/messages/${receipt}`)).includes('"hc1":')),
      probe('status', async () => (await get('/status')).includes('"certified"')),
      probe('verify', async () => verifyCertificate(hc1, trust, new Date()).valid),
    ])
  }
  const running = (async () => {
    while (!stopped) await Promise.all([once(), wait(everyMs)])
  })()
  return {
    during: (name) => void (part = name),
    answers: countsOf,
    async stop() {
      stopped = true
      await running
    },
  }
}

async function sendForm(town: Town, token: string): Promise<string> {
  const told = await offer(town.url, token, writeForm())
  if (told?.status !== 202) throw new Error(`the first form of the day was not taken: ${told?.text ?? 'no answer'}`)
  return (JSON.parse(told.text) as { receipt: string }).receipt
}

/** The first form meets a town that has just been built; how long it takes says nothing of the day. */
const patienceMs = 180_000

async function certificateOf(town: Town, receipt: string, token: string): Promise<string> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(100)) {
    const told = await ask(`${town.url}/messages/${receipt}`, { headers: { authorization: `Bearer ${token}` } })
    if (told?.status !== 200) continue
    const trace = JSON.parse(told.text) as { records: { certificate?: { hc1: string } }[] }
    const hc1 = trace.records[0]?.certificate?.hc1
    if (hc1 !== undefined) return hc1
  }
  throw new Error(`no certificate came for the first form of the day (receipt ${receipt})`)
}

async function trustOf(town: Town): Promise<TrustedKey[]> {
  const { url, secret } = town.neighbour('digitaal-vlaanderen')
  const told = await ask(`${url}/trust`, { headers: { authorization: `Bearer ${secret}` } })
  const { certificates } = JSON.parse(told?.text ?? '{"certificates":[]}') as { certificates: string[] }
  return certificates.map((der) => readTrustedKey(der)).filter((key) => key !== null)
}
