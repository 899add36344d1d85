import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { askToken } from '../access/ask-token.ts'
import { probeClient } from '../access/probe-client.ts'
import { startProbe, type Handed } from '../watch/probe.ts'
import { probeForm, type ProbeFile } from './probe-file.ts'
import type { NodeParts, Stoppable } from './parts.ts'

/** Starts the probes of a node: over its own door, as any sender, with the reserved client of the hub. */
export function startProbes(parts: NodeParts, file: ProbeFile, url: string): Stoppable {
  const { config, metrics } = parts
  return startProbe({
    ...parts,
    node: config.node,
    everyMs: config.probeSeconds * 1_000,
    patienceMs: file.patienceSeconds * 1_000,
    hand: makeSender(parts, file, url),
    note(ok, seconds) {
      metrics.probeOk.set(ok ? 1 : 0)
      metrics.probeSeconds.set(seconds)
    },
  })
}

const taken = z.object({ receipt: z.string() })
const refused = z.object({ code: z.string() })

function makeSender({ vault }: NodeParts, file: ProbeFile, url: string): () => Promise<Handed> {
  let [token, until] = ['', 0]
  return async () => {
    if (Date.now() >= until) {
      const outcome = await askToken(url, await probeClient(vault.keys))
      if (outcome.state !== 'given')
        return { state: 'not-taken', code: outcome.state === 'refused' ? outcome.code : 'no-answer' }
      token = outcome.access_token
      until = Date.now() + outcome.expires_in * 500
    }
    return post(url, token, probeForm(file, randomUUID(), new Date()))
  }
}

async function post(url: string, token: string, body: string): Promise<Handed> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  try {
    const response = await fetch(`${url}/messages`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(10_000),
    })
    const answer: unknown = await response.json()
    const receipt = taken.safeParse(answer)
    if (response.status === 202 && receipt.success) return { state: 'taken', receipt: receipt.data.receipt }
    return { state: 'not-taken', code: refused.safeParse(answer).data?.code ?? String(response.status) }
  } catch {
    // What a sender would see as well: nobody there, or no answer in time.
    return { state: 'not-taken', code: 'no-answer' }
  }
}
