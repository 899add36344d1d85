import { z } from 'zod'
import type { TestRequest, VaccinationRequest } from '../../src/certificates/payload.ts'

const text = z.string().max(200)
const head = { deliveryId: z.string(), recordId: text.min(1), country: z.literal('BE') }
const person = z.object({ familyName: text, givenName: text, birthDate: text })
const test = z.object({ device: text, result: text, sampledAt: text, centre: text })
const vaccination = z.object({ product: text, dose: z.number(), doses: z.number(), vaccinatedOn: text })
const request = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('test'), person, test }),
  z.object({ ...head, kind: z.literal('vaccination'), person, vaccination }),
])
const revocation = z.object({ deliveryId: z.string(), recordId: text, uvci: text, reason: text })

export type CertificateRequest =
  | { readonly kind: 'test'; readonly deliveryId: string; readonly certificate: TestRequest }
  | { readonly kind: 'vaccination'; readonly deliveryId: string; readonly certificate: VaccinationRequest }

/** Reads a body of `POST /certificates`; null when it does not have the agreed shape. */
export function readRequest(body: unknown, issuer: string): CertificateRequest | null {
  const read = request.safeParse(body)
  if (!read.success) return null
  const { kind, deliveryId, ...certificate } = read.data
  return kind === 'test'
    ? { kind, deliveryId, certificate: { ...certificate, issuer } as TestRequest }
    : { kind, deliveryId, certificate: { ...certificate, issuer } as VaccinationRequest }
}

/** Reads a body of `POST /revocations`; null when it does not have the agreed shape. */
export function readRevocation(body: unknown): z.infer<typeof revocation> | null {
  return revocation.safeParse(body).data ?? null
}
