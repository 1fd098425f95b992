import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    setupFiles: ['./scripts/leak-setup.ts'],
    include: ['{packages,apps,plugins}/**/*.test.ts', '{scripts,e2e}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
})
