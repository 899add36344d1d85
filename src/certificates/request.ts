import { z } from 'zod'
import type { Fault } from '../kernel/fault.ts'
import type { Built } from './demands.ts'
import { testPayload, vaccinationPayload } from './payload.ts'
import { wholePayload } from './whole-payload.ts'

const text = z.string().max(400)

const head = {
  recordId: z.string().min(1).max(200),
  person: z.object({ familyName: text.default(''), givenName: text.default(''), birthDate: z.string().max(40) }),
  country: text.default('BE'),
  issuer: z.string().max(80).default('Sluis'),
}

const test = z.object({ device: text, result: text, sampledAt: text, centre: text.default('') })

const vaccination = z.object({ product: text, dose: z.number(), doses: z.number(), vaccinatedOn: text })

const testRequest = z.object({ ...head, test })

const vaccinationRequest = z.object({ ...head, vaccination })

/**
 * Builds the certificate asked for in the JSON a hub sends: `{recordId, person, test | vaccination, country, issuer}`, or
 * judges a complete payload, which says its `ver`. Without issuer it says `Sluis`, without country `BE`. All faults at once;
 * never throws.
 *
 * @param issuedAt nothing on a certificate happened later
 * @param issuing the country that issues and gives the identifier; without it that of the test or dose
 */
export function payloadFor(asked: unknown, issuedAt: Date, issuing?: string): Built {
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
    return {
      state: 'refused',
      faults: [{ code: 'certificate-request-not-object', severity: 'error', path: '', params: {} }],
    }
  if ('ver' in asked) return wholePayload(asked, issuedAt, issuing)
  const wanted = chosenGroup(asked as Readonly<Record<string, unknown>>)
  if (wanted === null) return { state: 'refused', faults: [unreadable('/test')] }
  const read = (wanted === 'test' ? testRequest : vaccinationRequest).safeParse(asked)
  if (!read.success)
    return { state: 'refused', faults: read.error.issues.map((issue) => unreadable(`/${issue.path.join('/')}`)) }
  const request = { ...read.data, ...(issuing === undefined ? {} : { issuing }) }
  return 'test' in request ? testPayload(request, issuedAt) : vaccinationPayload(request, issuedAt)
}

function chosenGroup(asked: Readonly<Record<string, unknown>>): 'test' | 'vaccination' | null {
  const given = (['test', 'vaccination'] as const).filter((name) => asked[name] !== undefined && asked[name] !== null)
  return given.length === 1 ? (given[0] ?? null) : null
}

function unreadable(path: string): Fault {
  return { code: 'certificate-request-unreadable', severity: 'error', path, params: { path } }
}
