// Stands in for Digitaal Vlaanderen: makes real EU certificates with development keys of its own, one for a record for ever.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { revocationEntry } from '../../src/certificates/revocation.ts'
import { readOptions } from '../shared/options.ts'
import { runDestination } from '../shared/run-destination.ts'
import { openCertificates } from './certificates.ts'
import { issue, refusals, revoke } from './issue.ts'
import { loadKeys } from './keys.ts'

const options = readOptions(process.argv.slice(2))
const name = 'digitaal-vlaanderen'
const folder = options.data === null ? mkdtempSync(join(tmpdir(), `${name}-`)) : join(options.data, name)
const certificates = openCertificates(folder)
const signer = await loadKeys(folder)

await runDestination(
  {
    name,
    posts: ['/certificates', '/revocations'],
    deduplicates: true,
    resultAfter: 0,
    refusals,
    act: (post) => (post.path === '/revocations' ? revoke(post, certificates) : issue(post, certificates, signer)),
    proof(deliveryId) {
      const made = certificates.ofDelivery(deliveryId)
      if (!made) return { reference: `RV-${deliveryId.slice(0, 13)}` }
      const { uvci, hc1, issuedAt, expiresAt } = made
      return { reference: uvci, certificate: { uvci, hc1, issuedAt, expiresAt } }
    },
    page(path) {
      if (path === '/trust') return { certificates: [signer.certificate.toString('base64')] }
      if (path === '/revocation-list') return { entries: certificates.revoked().map(revocationEntry) }
      return undefined
    },
    forget: certificates.forget,
    close: certificates.close,
  },
  options,
)
