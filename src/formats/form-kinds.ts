import { formKinds } from './eform/form-file.ts'
import type { Service } from './record.ts'

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
