import { personRoles, type PersonRole } from './rights.ts'

/** How what an identity provider says becomes a role. */
export interface RoleMapping {
  /** The claim that tells the role; dots lead inwards, as in `realm_access.roles`. */
  readonly roleClaim: string
  /** Values of the claim that stand for a role, where they are not the role's own name. */
  readonly roleValues?: Readonly<Partial<Record<PersonRole, readonly string[]>>>
}

/**
 * The role in a set of claims; of several the one with the most rights; null when there is none.
 *
 * @example roleOf({ groups: ['hub-ops'] }, { roleClaim: 'groups', roleValues: { operator: ['hub-ops'] } }) // 'operator'
 */
export function roleOf(claims: Readonly<Record<string, unknown>>, mapping: RoleMapping): PersonRole | null {
  const said = valuesAt(claims, mapping.roleClaim)
  const stands = (role: PersonRole): readonly string[] => mapping.roleValues?.[role] ?? [role]
  return personRoles.find((role) => stands(role).some((value) => said.includes(value))) ?? null
}

function valuesAt(claims: Readonly<Record<string, unknown>>, path: string): readonly unknown[] {
  // A claim whose name itself has dots, as namespaced claims have, goes first.
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split('.').reduce<unknown>(stepInto, claims)
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

function stepInto(value: unknown, name: string): unknown {
  const open = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return open ? (value as Record<string, unknown>)[name] : undefined
}
