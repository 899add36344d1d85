import { afterAll, vi } from 'vitest'

// Files of one worker share a process: what a test that failed left behind must not fail the next file as well.
afterAll(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  vi.restoreAllMocks()
})
