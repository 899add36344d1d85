// @peculiar/x509 throws when this is not there before it.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const pair = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000)

interface Issued {
  readonly key: string
  readonly certificate: string
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string
}

/** A certificate authority that lives as long as the test. */
export async function makeAuthority(): Promise<{ certificate: string; issue(name: string): Promise<Issued> }> {
  const keys = await pair()
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test authority',
    notBefore: hours(-1),
    notAfter: hours(24),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  })
  return {
    certificate: own.toString('pem'),
    async issue(name) {
      const theirs = await pair()
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${name}`,
        issuer: own.subject,
        notBefore: hours(-1),
        notAfter: hours(24),
        signingAlgorithm: algorithm,
        publicKey: theirs.publicKey,
        signingKey: keys.privateKey,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
      })
      const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', theirs.privateKey), 'PRIVATE KEY')
      const print = await crypto.subtle.digest('SHA-256', certificate.rawData)
      return { key, certificate: certificate.toString('pem'), fingerprint: Buffer.from(print).toString('hex') }
    },
  }
}
