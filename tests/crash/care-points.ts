import type { FailurePoint } from '../../src/kernel/failure-points.ts'

/** Where a node that keeps monitors is killed. */
export const careKilledAt = ['care-before-commit', 'care-after-commit'] as const satisfies readonly FailurePoint[]
