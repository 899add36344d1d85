import type { DccName } from '../../src/certificates/dcc.ts'
import { issueCertificate } from '../../src/certificates/issue.ts'
import { makeDevelopmentSigner } from '../../src/certificates/development.ts'
import { testPayload, vaccinationPayload } from '../../src/certificates/payload.ts'
import type { CertificateRequest } from '../../src/formats/certificate-request.ts'
import { acknowledgement, honest, sendJson, type Behave } from './fake-destination.ts'

const signer = await makeDevelopmentSigner()

/** The certificate part of an honest answer to a request for a certificate; `name` is how it writes names itself. */
export function certificateFor(
  { recordId, person, test, vaccination, country }: CertificateRequest,
  name: Partial<DccName> = {},
): object {
  const issuedAt = new Date()
  const head = { recordId, person, country, issuer: 'Fake' }
  const built =
    vaccination === null
      ? testPayload({ ...head, test: test! }, issuedAt)
      : vaccinationPayload({ ...head, vaccination }, issuedAt)
  if (built.state === 'refused') throw new Error(JSON.stringify(built.faults))
  const payload = { ...built.payload, nam: { ...built.payload.nam, ...name } }
  const expiresAt = new Date(issuedAt.getTime() + 86_400_000)
  const { hc1, uvci } = issueCertificate(payload, signer, { issuedAt, expiresAt, issuer: 'BE' })
  return { uvci, hc1, issuedAt: issuedAt.toISOString(), expiresAt: expiresAt.toISOString() }
}

/** An issuer that is honest: one certificate per request, and revocations taken. */
export const issue: Behave = (posted, response, fake) => {
  if (posted.path === '/revocations') return honest(posted, response, fake)
  const certificate = certificateFor(JSON.parse(posted.body) as CertificateRequest)
  fake.act(posted)
  return sendJson(response, 200, { ...acknowledgement(posted), certificate })
}
