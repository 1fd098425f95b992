import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const isLong = process.env['LONG'] === '1'
/** Two even on one core: most tests wait for something most of the time. */
const sideBySide = Math.max(2, availableParallelism())

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

/** A long run repeats only the files that have a long form: those that ask `e2e/support/long.ts`. */
function endToEnd(patterns: readonly string[]): string[] {
  if (!isLong) return [...patterns]
  return globSync(patterns).filter((file) => readFileSync(file, 'utf8').includes('support/long.ts'))
}

// Each project has an order of its own. With the same order, vitest would put the one with a single worker behind the others;
// order 0 is special: vitest keeps such projects for the end when they have one worker.
const unit = {
  ...shared,
  name: 'unit',
  include: ['{packages,apps,plugins,scripts}/**/*.test.ts'],
  maxWorkers: sideBySide,
  sequence: { groupOrder: 1 },
}
const e2e = {
  ...program,
  name: 'e2e',
  include: endToEnd(['e2e/**/*.test.ts']),
  exclude: [...shared.exclude, ...measuring],
  maxWorkers: sideBySide,
  sequence: { groupOrder: 2 },
}
const measured = {
  ...program,
  name: 'measured',
  include: endToEnd(measuring),
  maxWorkers: 1,
  sequence: { groupOrder: 3 },
}

export default defineConfig({
  test: {
    projects: (isLong ? [e2e, measured] : [unit, e2e, measured]).map((test) => ({ test })),
  },
})
