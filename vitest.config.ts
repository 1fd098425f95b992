import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const isLong = ['1', 'whole'].includes(process.env['LONG'] ?? '')
const LONG_FORM = /'@pluggram\/testing\/long'|\/support\/levels\.ts'/
/** More than there are cores: tests also wait. Many more, and what they start would starve. */
const sideBySide = Math.min(8, Math.max(2, Math.ceil(1.5 * availableParallelism())))

const shared = {
  setupFiles: ['./scripts/test-costs/setup.ts', './scripts/leak-setup.ts'],
  exclude: ['**/node_modules/**', '**/dist/**'],
  // these end what hangs; they measure nothing, and a machine may have much else to do
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 20 } },
}

/** They start whole programs. */
const program = {
  ...shared,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000, interval: 50 } },
}

/** They measure how fast what they start is: side by side they would measure each other. */
const measuring = [
  'e2e/host-time.test.ts',
  'e2e/reliability/{attacks,backlog,drain}.test.ts',
  'e2e/scale/installed.test.ts',
  'e2e/zoo/zoo.test.ts',
]

/** A long run repeats only the files that have a long form. */
function withForm(...patterns: readonly string[]): string[] {
  if (!isLong) return [...patterns]
  const files = globSync(patterns, { exclude: shared.exclude })
  return files.filter((file) => LONG_FORM.test(readFileSync(file, 'utf8')))
}

// Each project has an order of its own. With the same order, vitest would put the one with a single worker behind the others;
// order 0 is special: vitest keeps such projects for the end when they have one worker.
const unit = {
  ...shared,
  include: withForm('{packages,apps,plugins,scripts}/**/*.test.ts'),
  maxWorkers: sideBySide,
  sequence: { groupOrder: 1 },
}
/** They keep nothing in their modules: their files share a worker, which saves each of them a start. */
const stateless =
  '{packages/{ai,base,bot-api-emulator,config,observability,pipeline,sdk,storage,telegram},scripts}/**/*.test.ts'
const units = [
  { ...unit, name: 'unit', include: withForm(stateless), isolate: false },
  { ...unit, name: 'unit-alone', exclude: [...shared.exclude, stateless] },
]
const e2e = {
  ...program,
  name: 'e2e',
  include: withForm('e2e/**/*.test.ts'),
  exclude: [...shared.exclude, ...measuring],
  maxWorkers: sideBySide,
  sequence: { groupOrder: 2 },
}
const measured = {
  ...program,
  name: 'measured',
  include: withForm(...measuring),
  maxWorkers: 1,
  sequence: { groupOrder: 3 },
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/test-costs/reporter.ts'],
    projects: [...units, e2e, measured].map((test) => ({ test })),
  },
})
