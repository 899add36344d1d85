import { codedDoses } from '../certificates/doses.ts'
import { SluisError } from '../kernel/errors.ts'
import type { OwedNames } from './owed.ts'
import type { CanonicalRecord, VaccinationContent } from './record.ts'

/** What Digitaal Vlaanderen is asked for; the wire is described in docs/neighbours.md. */
export interface CertificateRequest {
  readonly deliveryId: string
  readonly recordId: string
  readonly kind: 'test' | 'vaccination'
  readonly person: { readonly familyName: string; readonly givenName: string; readonly birthDate: string }
  readonly test: {
    readonly device: string
    readonly result: string
    readonly sampledAt: string
    /** Who took the sample, at most 80 characters (`tc` of the EU schema). */
    readonly centre: string
  } | null
  readonly vaccination: {
    readonly product: string
    /** Numbers as they stand on the certificate (`dn` and `sd`). */
    readonly dose: number
    readonly doses: number
    readonly vaccinatedOn: string
  } | null
  readonly country: 'BE'
}

/** Whether a record that passed gets a certificate: a vaccination does, a rapid test only when it is negative. */
export function deservesCertificate({ action, subject, content }: CanonicalRecord): boolean {
  if (action.state === 'withdraw' || subject === null || content === null) return false
  return content.kind === 'vaccination' || (content.kind === 'rapid-test' && content.result === 'negative')
}

/**
 * The request for the certificate of a record, with the time of the sample or dose and never a later one.
 * Throws `record-without-fact` for a record that holds none; a withdrawal asks for a revocation and not for this. Throws
 * `certificate-doses-impossible` when dose and round contradict each other, which a pack may let pass.
 *
 * @example toCertificateRequest(record, names).test?.sampledAt // '2022-07-01T09:12:00+02:00'
 */
export function toCertificateRequest(record: CanonicalRecord, names: OwedNames): CertificateRequest {
  const { subject, content } = record
  if (subject === null || content === null) throw new SluisError('record-without-fact', { record: names.recordId })
  return {
    deliveryId: names.deliveryId,
    recordId: names.recordId,
    kind: content.kind === 'rapid-test' ? 'test' : 'vaccination',
    person: { familyName: subject.familyName, givenName: subject.givenName, birthDate: subject.birthDate },
    test:
      content.kind === 'rapid-test'
        ? {
            device: content.device,
            result: content.result,
            sampledAt: content.sampledAt,
            centre: (record.author?.organisationName ?? '').slice(0, 80),
          }
        : null,
    vaccination: content.kind === 'vaccination' ? toVaccination(content) : null,
    country: 'BE',
  }
}

function toVaccination(content: VaccinationContent): NonNullable<CertificateRequest['vaccination']> {
  const { product, dose, doses, vaccinatedOn } = content
  const coded = codedDoses(content)
  if (coded === null) throw new SluisError('certificate-doses-impossible', { dose, doses })
  return { product, ...coded, vaccinatedOn }
}
