import { defineConfig } from 'vitest/config'

const shared = {
  setupFiles: ['./scripts/leak-setup.ts'],
  exclude: ['**/node_modules/**', '**/dist/**'],
  // these end what hangs; they measure nothing, and a machine may have much else to do
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000, interval: 20 } },
}

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
        // each file starts whole programs of its own: side by side they would measure each other
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000, interval: 50 } },
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
