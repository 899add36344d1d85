import { shippedForms, type FormCatalogue } from './eform/catalogue.ts'
import { formKinds } from './eform/form-file.ts'
import type { CanonicalRecord, Service } from './record.ts'

const kinds: Readonly<Partial<Record<Service, readonly string[]>>> = { eforms: formKinds, lab: ['observation'] }

/**
 * The form kinds that records of a service have, by which they are switched and counted; none for a service that nothing
 * is read of yet.
 *
 * @example kindsRead('lab') // ['observation']
 */
export function kindsRead(service: Service): readonly string[] {
  return kinds[service] ?? []
}

/**
 * The form kinds a record may be of: one, but for a withdrawal, which need not repeat the fact that tells its kind.
 *
 * @example kindsPossible(withdrawalOfBooster) // ['vaccination', 'booster-1', 'booster-2']
 */
export function kindsPossible(
  { action, form, formVersion, formKind }: CanonicalRecord,
  catalogue: FormCatalogue = shippedForms(),
): readonly string[] {
  const kinds = action.state === 'withdraw' ? catalogue.find(form, formVersion)?.kinds : undefined
  return kinds?.[0] === formKind ? kinds : [formKind]
}
