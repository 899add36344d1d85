import type { DccName } from '../../src/certificates/dcc.ts'
import { issueCertificate } from '../../src/certificates/issue.ts'
import { makeDevelopmentSigner } from '../../src/certificates/development.ts'
import { testPayload } from '../../src/certificates/payload.ts'
import type { CertificateRequest } from '../../src/formats/certificate-request.ts'

const signer = await makeDevelopmentSigner()

/** The certificate part of an honest answer to a request for a test's certificate; `name` is how it writes names itself. */
export function certificateFor(
  { recordId, person, test, country }: CertificateRequest,
  name: Partial<DccName> = {},
): object {
  const issuedAt = new Date()
  const built = testPayload({ recordId, person, country, issuer: 'Fake', test: test! }, issuedAt)
  if (built.state === 'refused') throw new Error(JSON.stringify(built.faults))
  const payload = { ...built.payload, nam: { ...built.payload.nam, ...name } }
  const expiresAt = new Date(issuedAt.getTime() + 86_400_000)
  const { hc1, uvci } = issueCertificate(payload, signer, { issuedAt, expiresAt, issuer: 'BE' })
  return { uvci, hc1, issuedAt: issuedAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
