import { defineConfig } from 'vitest/config'

const everywhere = ['src', 'neighbours', 'bench', 'tests'].map((folder) => `${folder}/**/*.test.{ts,tsx}`)
/** Whole hubs, several processes each, that are killed, watched or timed against each other. */
const whole = ['tests/crash/**/*.test.ts', 'tests/drills/**/*.test.ts', 'tests/care/on-screen.test.ts']

// Tests that start processes or a database take longer than a unit test; two workers because a small machine has two cores.
// Tests of whole hubs come after the others, one at a time: beside each other they would measure each other.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    setupFiles: ['tests/support/seed.ts', 'tests/support/leave-nothing.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: everywhere,
          exclude: whole,
          // What is loaded once serves all files of a worker: a third of the time went into loading. State lives in rows.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'whole', include: whole, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
