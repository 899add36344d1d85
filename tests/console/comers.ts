import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from 'jose'
import { openSigningKeys } from '../../src/access/signing-keys.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { knownClient } from '../support/client.ts'
import type { World } from './world.ts'

type Whose = 'anybody' | 'clients' | 'its sender' | 'care' | 'destinations' | 'people'

/** Everything a machine may ask for, and whose it is. */
export const machineRoutes: Readonly<Record<string, Whose>> = {
  'POST /messages': 'clients',
  'GET /messages/:receipt': 'its sender',
  'GET /status': 'clients',
  'POST /oauth/token': 'anybody',
  'POST /acknowledgements': 'destinations',
  'GET /forms': 'anybody',
  'GET /forms/:form/:version': 'anybody',
  'GET /healthz': 'anybody',
  'GET /readyz': 'anybody',
  'GET /metrics': 'anybody',
  'GET /openapi.json': 'anybody',
  'POST /fhir': 'clients',
  'GET /fhir/metadata': 'anybody',
  'GET /fhir/Observation': 'care',
  'POST /fhir/Observation': 'clients',
  'POST /fhir/Observation/_search': 'care',
  'GET /fhir/Observation/:id': 'care',
  'GET /fhir/Observation/:id/_history': 'care',
  'GET /fhir/Observation/:id/_history/:version': 'care',
  'GET /fhir/DiagnosticReport': 'care',
  'POST /fhir/DiagnosticReport': 'clients',
  'POST /fhir/DiagnosticReport/_search': 'care',
  'GET /fhir/DiagnosticReport/:id': 'care',
  'GET /fhir/Patient': 'care',
  'POST /fhir/Patient/_search': 'care',
  'GET /fhir/Patient/:id': 'care',
  'GET /cds-services': 'anybody',
  'POST /cds-services/sluis-monitors': 'care',
}

const kinds = ['pharmacy', 'laboratory', 'practice', 'development'] as const

/** What stops who comes without a token that holds. */
const without: Readonly<Record<string, string>> = {
  'no token': 'token-missing',
  'an expired token': 'token-expired',
  'a token for another hub': 'token-not-ours',
  'a token for another audience': 'token-not-ours',
}

/** What stops a client with a token that holds at what is not for its kind. */
const notFor: Readonly<Record<Whose, { readonly isFor: readonly string[]; readonly told: string }>> = {
  anybody: { isFor: kinds, told: '' },
  clients: { isFor: kinds, told: '' },
  'its sender': { isFor: ['pharmacy'], told: 'receipt-unknown' },
  care: { isFor: ['practice', 'development'], told: 'right-missing' },
  destinations: { isFor: [], told: 'acknowledgement-not-genuine' },
  people: { isFor: [], told: 'session-missing' },
}

/** Every code with which somebody is stopped. */
export const stops = [...Object.values(without), ...Object.values(notFor).map(({ told }) => told)].filter(Boolean)

/** What somebody is told of a route: a code, or `in`. Without a token nobody is anybody else than a stranger. */
export function whatIsTold(whose: Whose, who: string): string {
  if (whose === 'anybody') return 'in'
  const { isFor, told } = notFor[whose]
  if (whose === 'destinations' || whose === 'people') return told
  return without[who] ?? (isFor.includes(who) ? 'in' : told)
}

/** The `Authorization` of a client of each kind, of who has none, and of who comes with a token that does not hold. */
export async function comers({ hub, token }: World): Promise<Readonly<Record<string, string | undefined>>> {
  const { db, vault } = hub.parts
  const found: Record<string, string | undefined> = { pharmacy: `Bearer ${token}`, 'no token': undefined }
  for (const kind of kinds.slice(1)) found[kind] = `Bearer ${(await knownClient(hub.url, db, kind, kind)).token}`
  const keys = await openSigningKeys({ db, keys: vault.keys, clock: systemClock }, [])
  const { privateKey } = await keys.current()
  const { kid = '', typ = '' } = decodeProtectedHeader(token)
  const changed = async (claims: JWTPayload): Promise<string> =>
    `Bearer ${await new SignJWT({ ...decodeJwt(token), ...claims }).setProtectedHeader({ alg: 'ES256', kid, typ }).sign(privateKey)}`
  const minuteAgo = Math.floor(Date.now() / 1_000) - 60
  found['an expired token'] = await changed({ exp: minuteAgo, iat: minuteAgo - 600 })
  found['a token for another hub'] = await changed({ iss: 'urn:sluis:hub:another' })
  found['a token for another audience'] = await changed({ aud: 'another' })
  return found
}
