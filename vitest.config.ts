import { defineConfig } from 'vitest/config'

const shared = {
  setupFiles: ['./scripts/leak-setup.ts'],
  exclude: ['**/node_modules/**', '**/dist/**'],
  // these end what hangs; they measure nothing, and a machine may have much else to do
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000, interval: 20 } },
}

/** They start whole programs. */
const program = {
  ...shared,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 50 } },
}

/** They measure what they start: side by side they would measure each other. */
const measuring = ['e2e/{reliability,scale}/**/*.test.ts', 'e2e/model-faults.test.ts', 'e2e/zoo/zoo.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{packages,apps,plugins,scripts}/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...program,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: [...shared.exclude, ...measuring],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...program,
          name: 'measured',
          include: measuring,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
