import { z } from 'zod'
import type { HubKeys } from '../kernel/keys.ts'
import type { Queryable } from '../store/connect.ts'
import { askToken } from './ask-token.ts'
import { ensureProofSender, proofClient } from './probe-client.ts'

const bundle = z.object({
  entry: z.array(z.object({ resource: z.object({ resourceType: z.string(), id: z.string().optional() }) })).default([]),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).default([]),
})

/** Reads through the public interface of a hub, as any client does. */
export interface ProofReader {
  readonly url: string
  /** The ids of the results that are shown of a patient; null when the hub does not answer or refuses. */
  visible(patient: Buffer): Promise<readonly string[] | null>
}

/**
 * Opens a reader on a hub's FHIR interface with the hub's own client; every reading has its line in the access log, for
 * `audit`. Null when nobody answers at this address or it is another hub.
 *
 * @example (await openProofReader(db, vault.keys, 'http://127.0.0.1:8080'))?.visible(patient)
 */
export async function openProofReader(
  db: Queryable,
  keys: Pick<HubKeys, 'wrap'>,
  url: string,
): Promise<ProofReader | null> {
  await ensureProofSender(db, keys)
  const client = await proofClient(keys)
  const first = await askToken(url, client)
  if (first.state !== 'given') return null
  let [token, until] = [first.access_token, Date.now() + first.expires_in * 500]
  const page = async (address: string): Promise<z.infer<typeof bundle> | null> => {
    if (Date.now() >= until) {
      const again = await askToken(url, client)
      if (again.state === 'given') [token, until] = [again.access_token, Date.now() + again.expires_in * 500]
    }
    const headers = { authorization: `Bearer ${token}`, 'x-sluis-purpose': 'audit', accept: 'application/fhir+json' }
    try {
      const answer = await fetch(address, { headers, signal: AbortSignal.timeout(10_000) })
      return answer.ok ? (bundle.safeParse(await answer.json()).data ?? null) : null
    } catch {
      return null
    }
  }
  return {
    url,
    async visible(patient) {
      const ids: string[] = []
      let address: string | undefined = `${url}/fhir/Observation?patient=${patient.toString('hex')}&_count=200`
      while (address !== undefined) {
        const found: z.infer<typeof bundle> | null = await page(address)
        if (found === null) return null
        const { entry, link } = found
        for (const { resource } of entry)
          if (resource.resourceType === 'Observation' && resource.id !== undefined) ids.push(resource.id)
        const next = link.find(({ relation }) => relation === 'next')?.url
        // The hub may call itself by a public name that is not reached from here.
        address = next === undefined ? undefined : url + next.slice(next.indexOf('/fhir/'))
      }
      return ids
    },
  }
}
