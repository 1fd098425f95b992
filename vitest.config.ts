import { defineConfig } from 'vitest/config'

const shared = {
  setupFiles: ['./scripts/leak-setup.ts'],
  exclude: ['**/node_modules/**', '**/dist/**'],
  testTimeout: 15_000,
  hookTimeout: 30_000,
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
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
