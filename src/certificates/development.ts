// @peculiar/x509 throws when this is not there before it.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
  type X509CertificateCreateSelfSignedParams,
} from '@peculiar/x509'
import { createPrivateKey, KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { SluisError } from '../kernel/errors.ts'
import { toSigner, type Signer } from './signer.ts'

/** Keys of a development issuer as text, to be kept in a data folder and never in a repository. */
export interface DevelopmentKeys {
  /** Private key of the document signer, PKCS#8 PEM. */
  readonly key: string
  /** The document signer certificate, PEM. */
  readonly certificate: string
  /** The country signing certificate (CSCA) that signed it, PEM; its private key is not kept. */
  readonly authority: string
}

export interface DevelopmentOptions {
  readonly country?: string
  readonly algorithm?: 'ES256' | 'PS256'
  /** The signer is valid from a day before this moment for two years. */
  readonly at?: Date
  /** Extended key usages; none = everything may be signed. */
  readonly usages?: readonly string[]
}

const algorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  PS256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const

const dayMs = 86_400_000

/** Makes a country signing authority and one document signer under it. For development, drills and tests only. */
export async function makeDevelopmentKeys(options: DevelopmentOptions = {}): Promise<DevelopmentKeys> {
  const { country = 'BE', at = new Date(), usages = [] } = options
  const algorithm = algorithms[options.algorithm ?? 'ES256']
  const [authorityKeys, signerKeys] = await Promise.all([makePair(algorithm), makePair(algorithm)])
  const validity = { notBefore: new Date(at.getTime() - dayMs), notAfter: new Date(at.getTime() + 730 * dayMs) }
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: `C=${country}, O=Sluis development, CN=Development country signing authority`,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: `C=${country}, O=Sluis development, CN=Development document signer`,
    issuer: authority.subject,
    publicKey: signerKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new ExtendedKeyUsageExtension([...usages])] : []),
    ],
  })
  return {
    key: KeyObject.from(signerKeys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString('pem'),
    authority: authority.toString('pem'),
  }
}

/** Makes the keys and a signer with them. */
export async function makeDevelopmentSigner(options: DevelopmentOptions = {}): Promise<Signer> {
  return signerFromPem(await makeDevelopmentKeys(options))
}

/**
 * A signer from PEM text. Throws `certificate-signer-unusable` when the texts are no PEM or do not belong together.
 */
export function signerFromPem({ key, certificate }: { readonly key: string; readonly certificate: string }): Signer {
  const signer = readPair(key, certificate)
  if (signer === null) throw new SluisError('certificate-signer-unusable')
  return signer
}

function readPair(key: string, certificate: string): Signer | null {
  try {
    return toSigner(createPrivateKey(key), new X509Certificate(certificate))
  } catch {
    return null
  }
}

// The library names the browser's types of the same keys.
type Pair = X509CertificateCreateSelfSignedParams extends infer P ? (P extends { keys: infer K } ? K : never) : never

async function makePair(algorithm: (typeof algorithms)['ES256' | 'PS256']): Promise<Pair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as Pair
}

/** Positive and never twice (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  return `4${randomBytes(8).toString('hex').slice(1)}`
}
