import { z } from 'zod'
import type { Fault } from '../kernel/fault.ts'
import { testPayload, vaccinationPayload, type Built } from './payload.ts'

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
 * Builds the certificate asked for in the JSON a hub sends: `{recordId, person, test | vaccination, country, issuer}`.
 * Without issuer it says `Sluis`, without country `BE`. All faults at once; never throws.
 */
export function payloadFor(asked: unknown): Built {
  const wanted = chosenGroup(asked)
  if (wanted === null) return { state: 'refused', faults: [unreadable('/test')] }
  const read = (wanted === 'test' ? testRequest : vaccinationRequest).safeParse(asked)
  if (!read.success)
    return { state: 'refused', faults: read.error.issues.map((issue) => unreadable(`/${issue.path.join('/')}`)) }
  return 'test' in read.data ? testPayload(read.data) : vaccinationPayload(read.data)
}

function chosenGroup(asked: unknown): 'test' | 'vaccination' | null {
  if (typeof asked !== 'object' || asked === null) return null
  const given = (['test', 'vaccination'] as const).filter((name) => {
    const value = (asked as Readonly<Record<string, unknown>>)[name]
    return value !== undefined && value !== null
  })
  return given.length === 1 ? (given[0] ?? null) : null
}

function unreadable(path: string): Fault {
  return { code: 'certificate-request-unreadable', severity: 'error', path, params: { path } }
}
