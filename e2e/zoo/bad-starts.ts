import { BEGIN } from './specimens.ts'

/** A plugin that misbehaves during its start. */
export interface BadStart {
  readonly name: string
  readonly source: string
  /** What the assistant's output must say about it. */
  readonly named: RegExp
  /** Seconds from its start to the deadline, from which times are measured. */
  readonly afterSeconds?: number
}

/** The time limit for the start of each plugin; those that hang reach it. */
export const START_SECONDS = 2

export const BAD_STARTS: readonly BadStart[] = [
  {
    name: 'throws_in_constructor',
    source: `export default class { constructor() { ${BEGIN} throw new Error('no luck') } }`,
    named: /throws_in_constructor\.js:1:\d+: Plugin throws_in_constructor did not start: no luck/,
  },
  {
    name: 'hangs_in_setup',
    source: `import { definePlugin } from '@pluggram/sdk'
      export default definePlugin({ setup() { ${BEGIN} return new Promise(() => {}) } })`,
    // a busy machine may not let its process say so in time; then its host does
    named: /Plugin hangs_in_setup did not start: (?:not finished|it was not ready) within 2 s/,
    afterSeconds: START_SECONDS,
  },
  {
    name: 'hangs_at_import',
    source: `${BEGIN} await new Promise(() => {})\nexport default class {}`,
    named:
      /Plugin hangs_at_import (?:cannot be loaded: not finished|did not start: it was not ready) within 2 s/,
    afterSeconds: START_SECONDS,
  },
  {
    name: 'loops_at_import',
    source: `${BEGIN} for (;;);\nexport default class {}`,
    named:
      /Plugin loops_at_import (?:is still loading|did not start: it (?:blocked its event loop|was not ready))/,
  },
  {
    name: 'loops_in_constructor',
    source: `export default class { constructor() { ${BEGIN} for (;;); } }`,
    named:
      /Plugin loops_in_constructor (?:is still loading|did not start: it (?:blocked its event loop|was not ready))/,
  },
  {
    name: 'exits_at_import',
    source: `${BEGIN} process.exit(0)\nexport default class {}`,
    named: /Plugin exits_at_import did not start: it ended its own process/,
  },
  {
    name: 'bombs_at_import',
    source: `${BEGIN} const all = []; for (;;) all.push(new Array(1_000_000).fill({}))\nexport default class {}`,
    named: /Plugin bombs_at_import (?:is still loading|did not start: it (?:ran out of memory|used \d+ MB))/,
  },
]
