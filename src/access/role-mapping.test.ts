import { expect, test } from 'vitest'
import { roleOf } from './role-mapping.ts'

const values = { operator: ['hub-ops'], helper: ['desk', 'night-desk'] }

test.each([
  [{ role: 'reader' }, { roleClaim: 'role' }, 'reader'],
  [{ groups: ['x', 'night-desk'] }, { roleClaim: 'groups', roleValues: values }, 'helper'],
  [{ groups: ['desk', 'hub-ops'] }, { roleClaim: 'groups', roleValues: values }, 'operator'],
  [{ realm_access: { roles: ['helper'] } }, { roleClaim: 'realm_access.roles' }, 'helper'],
  [{ 'https://hub.example/role': 'operator' }, { roleClaim: 'https://hub.example/role' }, 'operator'],
  [{ groups: ['operator'] }, { roleClaim: 'groups', roleValues: values }, null],
  [{ role: 'Operator' }, { roleClaim: 'role' }, null],
  [{ role: { operator: true } }, { roleClaim: 'role' }, null],
  [{}, { roleClaim: 'constructor.name' }, null],
] as const)('%j with %j is %s', (claims, mapping, role) => {
  expect(roleOf(claims, mapping)).toBe(role)
})
