import { kindsRead } from '../formats/form-kinds.ts'
import { services } from '../formats/record.ts'
import type { PauseScope } from '../store/pauses.ts'
import type { Route } from './config.ts'

/**
 * The form kinds that a pause can hold: of intake those that the service reads, of forwarding those with a route, in the
 * scope of the pause. A pause of any other kind would hold nothing and look as if it did.
 *
 * @example knownKinds(routes, { what: 'delivery', destination: 'sciensano', service: null }) // ['rapid-test']
 */
export function knownKinds(
  routes: readonly Route[],
  { what, destination, service }: Omit<PauseScope, 'formKind'>,
): string[] {
  if (what === 'intake') return services.filter((one) => (service ?? one) === one).flatMap(kindsRead)
  const own = routes.filter(
    (route) => (destination ?? route.destination) === route.destination && (service ?? route.service) === route.service,
  )
  return [...new Set(own.flatMap((route) => route.formKinds))]
}
