import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { formatProblem } from './plugin-problem.ts'
import { createTestHome, LEVELS, useLevel } from './test-home.ts'

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  const WORKING = `export default class { processMessage() { return { success: true, response: 'fine' } } }`

  /** Those that hang reach it; the others must not, on a busy machine either. */
  const START_SECONDS = 4

  interface Failure {
    readonly title: string
    readonly text: string
    readonly code?: string
    readonly message: RegExp
    readonly line?: number
    readonly file?: string
  }

  const FAILURES: readonly Failure[] = [
    {
      title: 'an enum',
      text: 'export default class {}\n\nenum Colour { Red }\n',
      message: /^Plugin bad_\d+ cannot be loaded: TypeScript enum is not supported.*as const/,
      line: 3,
    },
    {
      title: 'a parameter property',
      text: 'export default class {\n  constructor(private readonly config: unknown) {}\n}\n',
      message: /parameter property is not supported.*assignment in the constructor/,
      line: 2,
    },
    {
      title: 'a syntax error in TypeScript',
      text: 'export default class {\n  a = 1\n  b() { return (1 + ; }\n}\n',
      message: /syntax error: Expression expected/,
      line: 3,
    },
    {
      title: 'a syntax error in JavaScript',
      file: 'bad.js',
      text: 'export default class {\n  a = 1\n  b() { return (1 + ; }\n}\n',
      message: /syntax error: Unexpected token ';'/,
      line: 3,
    },
    {
      title: 'a missing package',
      text: `import left from 'left-pad/sub'\nexport default class { a = left }\n`,
      message:
        /the package left-pad is not installed.*make bad_\d+ a folder with a package.json, and run "npm install left-pad"/,
      line: 1,
    },
    {
      title: 'a missing package of a CommonJS file',
      file: 'bad.cjs',
      text: `const left = require('@scope/left')\nmodule.exports = class {}\n`,
      message: /the package @scope\/left is not installed/,
      line: 1,
    },
    {
      title: 'an alias of bundlers',
      text: `import x from '@/lib/x'\nexport default class { a = x }\n`,
      message: /@\/lib is an alias of tsconfig\.json, which Node does not read.*'\.\/lib\/x\.ts'/,
      line: 1,
    },
    {
      title: 'an alias of bundlers for the home',
      text: `import x from '~/x'\nexport default class { a = x }\n`,
      message: /~ is an alias of tsconfig\.json/,
      line: 1,
    },
    {
      title: 'a relative import without its extension',
      text: `import { a } from './helper'\nexport default class { x = a }\n`,
      message: /the file helper does not exist. Relative imports end in .ts or .js/,
      line: 1,
    },
    {
      title: 'a type imported as a value',
      text: `import { PluginResult } from '@pluggram/sdk'\nexport default class {}\n`,
      message: /@pluggram\/sdk exports no PluginResult.*import type \{ PluginResult \} from '@pluggram\/sdk'/,
      line: 1,
    },
    {
      title: 'an unknown door of the sdk',
      text: `import x from '@pluggram/sdk/nope'\nexport default x\n`,
      message: /@pluggram\/sdk\/nope is nothing that the package offers/,
    },
    {
      title: 'require in an ES module',
      text: `const fs = require('fs')\nexport default class { x = fs }\n`,
      message: /require is not defined.*name the file \.cjs/,
      line: 1,
    },
    {
      title: 'a throw while it is imported',
      text: `\nthrow new Error('no luck\\n    at secret')\nexport default class {}\n`,
      message: /it threw "no luck" while it was imported/,
      line: 2,
    },
    {
      title: 'a JSON import without its type',
      text: `import data from './data.json'\nexport default class { d = data }\n`,
      message: /with \{ type: 'json' \}/,
    },
    {
      title: 'a top-level await that never ends',
      text: `await new Promise(() => {})\nexport default class {}\n`,
      message: /not finished within 4 s.*top level/,
    },
    {
      title: 'a throw of something hostile while it is imported',
      text: `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })\nexport default 1\n`,
      message: /an unknown error was thrown/,
    },
    {
      title: 'no default export',
      text: 'export class Bad {}\n',
      message: /no default export \(it exports Bad\)/,
    },
    { title: 'an object', text: 'export default { a: 1 }\n', message: /an object without setup or commands/ },
    {
      title: 'a bare definition',
      text: 'export default { setup() {} }\n',
      message: /plain object. Wrap it: export default definePlugin/,
    },
    {
      title: 'an instance',
      text: 'export default new (class { processMessage() {} })()\n',
      message: /not an instance of it/,
    },
    { title: 'a function', text: 'export default () => 1\n', message: /is a function, not a class/ },
    { title: 'a number', text: 'export default 1\n', message: /the default export is a number/ },
    {
      title: 'a constructor that throws',
      text: 'export default class {\n  constructor() {\n    this.fail()\n  }\n  fail() { throw new Error("no key") }\n}\n',
      code: 'plugin-start-failed',
      message: /^Plugin bad_\d+ did not start: no key. Correct the cause, or switch the plugin off/,
      line: 5,
    },
    {
      title: 'a constructor that throws something hostile',
      text: `const hostile = new Proxy({}, { get() { throw hostile }, getPrototypeOf() { throw hostile } })
      export default class { constructor() { throw hostile } }\n`,
      code: 'plugin-start-failed',
      message: /did not start: an unknown error was thrown/,
    },
    {
      title: 'a setup that rejects',
      text: `import { definePlugin } from '@pluggram/sdk'\nexport default definePlugin({ async setup() {\n await null\n throw new Error('refused') } })\n`,
      code: 'plugin-start-failed',
      message: /did not start: refused/,
      line: 4,
    },
    {
      title: 'a setup that never ends',
      text: `import { definePlugin } from '@pluggram/sdk'\nexport default definePlugin({ setup: () => new Promise(() => {}) })\n`,
      code: 'plugin-start-failed',
      message: /did not start: not finished within 4 s/,
    },
    {
      title: 'a setup that gives text',
      text: `import { definePlugin } from '@pluggram/sdk'\nexport default definePlugin({ setup: () => 'x' })\n`,
      code: 'plugin-start-failed',
      message: /setup gave a string instead of/,
    },
    {
      title: 'a member that is no function',
      text: 'export default class { processMessage = 1 }\n',
      code: 'plugin-start-failed',
      message: /processMessage is no function/,
    },
    {
      title: 'a manifest of the wrong shape',
      text: `export default class { static manifest = { description: '', config: {}, priority: 'high', updates: ['poll'], patterns: ['('],
      commands: { 'Bad-Name': { description: 'x' }, good: { description: '${'x'.repeat(257)}' } } } }\n`,
      code: 'plugin-manifest-invalid',
      message:
        /description: is empty; config: is no Standard Schema.*Bad-Name.*commands.good.description: has more than 256.*patterns.0: is no regular expression.*updates.0.*priority/,
    },
    {
      title: 'a manifest that throws when it is read',
      text: `export default class { static get manifest() { throw new Error('oops') } }\n`,
      code: 'plugin-manifest-invalid',
      message: /oops/,
    },
    {
      title: 'a schema that throws',
      text: `export default class { static manifest = { config: { '~standard': { version: 1, vendor: 'x', validate() { throw new Error('schema bug') } } } } }\n`,
      code: 'plugin-config-invalid',
      message: /its configuration schema failed: schema bug/,
    },
    {
      title: 'a schema that never answers',
      text: `export default class { static manifest = { config: { '~standard': { version: 1, vendor: 'x', validate: () => new Promise(() => {}) } } } }\n`,
      code: 'plugin-config-invalid',
      message: /not finished within 4 s/,
    },
  ]

  test('each plugin that cannot start is left out with its name, the place and the next step, and the others run', async () => {
    const failures = FAILURES.map(({ file = 'bad.ts', ...failure }, index) => {
      const name = `bad_${index}`
      return { ...failure, name, file: `plugins/${name}${path.extname(file)}` }
    })
    await using home = await createTestHome({
      ...Object.fromEntries(failures.map(({ file, text }) => [file, text])),
      'plugins/data.json': '{}',
      'plugins/good.ts': WORKING,
    })
    const host = await home.host({ timeouts: { startSeconds: START_SECONDS } })
    const { problems } = await host.start()
    expect(problems).toHaveLength(FAILURES.length)
    for (const { title, name, file, code, message, line } of failures) {
      const problem = problems.find(({ plugin }) => plugin === name)
      expect({ title, line: undefined, ...problem }).toMatchObject({
        title,
        line,
        severity: 'error',
        code: code ?? 'plugin-load-failed',
        file: path.join(home.directory, file),
        message: expect.stringMatching(message),
      })
      expect(problem?.message).not.toMatch(/\n|\bat \w+ \(/)
    }
    expect(host.states().toSorted((one, other) => one.name.localeCompare(other.name))).toMatchObject([
      ...failures
        .map(({ name }) => ({ name, state: 'failed', problem: { plugin: name } }))
        .toSorted((one, other) => one.name.localeCompare(other.name)),
      { name: 'good', state: 'running' },
    ])
    expect(await host.ask('good', 'x')).toEqual({ success: true, response: 'fine' })
  })

  test('a syntax error in an imported file is located there', async () => {
    await using home = await createTestHome({
      'plugins/bad/package.json': '{ "type": "module" }',
      'plugins/bad/index.js': `import './lib/part.js'\nexport default class {}`,
      'plugins/bad/lib/part.js': 'export const a = 1\nexport const b = = 2\n',
    })
    const host = await home.host()
    const [problem] = (await host.start()).problems
    expect(problem && formatProblem(problem)).toBe(
      `${home.directory}/plugins/bad/lib/part.js:2:18: Plugin bad cannot be loaded: syntax error: Unexpected token '='. Correct the file.`,
    )
  })

  test('a folder that lacks a dependency is told to run npm install there', async () => {
    await using home = await createTestHome({
      'plugins/bad/package.json': '{ "dependencies": { "left-pad": "1" } }',
      'plugins/bad/index.ts': `import 'left-pad'\nexport default class {}`,
    })
    const [problem] = (await (await home.host()).start()).problems
    expect(problem?.message).toContain(`Run "npm install" in ${home.directory}/plugins/bad`)
  })

  test('TypeScript inside an npm package is explained', async () => {
    await using home = await createTestHome({
      'node_modules/pluggram-plugin-raw/package.json': '{ "name": "pluggram-plugin-raw", "pluggram": {} }',
      'node_modules/pluggram-plugin-raw/index.ts': `export default class { a: number = 1 }`,
    })
    const [problem] = (await (await home.host()).start()).problems
    expect(problem).toMatchObject({ plugin: 'raw', message: expect.stringContaining('compiled JavaScript') })
  })

  test('all issues of a block are reported together, with paths in the block', async () => {
    await using home = await createTestHome({
      'plugins/strict.ts': `import { definePlugin, z } from '@pluggram/sdk'
      export default definePlugin({ config: z.object({ api_key: z.string(), limits: z.array(z.object({ max: z.number() })), mode: z.enum(['a', 'b']) }) })`,
    })
    const host = await home.host({
      config: { strict: { limits: [{ max: 1 }, { max: 'secret-value' }], mode: 'secret-value' } },
    })
    const [problem] = (await host.start()).problems
    expect(problem).toMatchObject({
      code: 'plugin-config-invalid',
      issues: [
        { path: ['api_key'], isMissing: true },
        { path: ['limits', 1, 'max'], isMissing: false },
        { path: ['mode'], isMissing: false },
      ],
    })
    expect(problem?.message).toMatch(
      /^Missing required config: plugins.strict.api_key\nplugins.strict.limits\[1\].max: .*\nplugins.strict.mode: /,
    )
    expect(JSON.stringify(problem)).not.toContain('secret-value')
  })

  test('the caller can word the configuration issues', async () => {
    await using home = await createTestHome({
      'plugins/strict.ts': `import { definePlugin, z } from '@pluggram/sdk'
      export default definePlugin({ config: z.object({ api_key: z.string() }).refine(async () => true) })`,
    })
    const host = await home.host({ describeIssues: (name, issues) => `${name} has ${issues.length}` })
    expect((await host.start()).problems[0]?.message).toBe('strict has 1')
  })

  test('what a plugin set up before it failed is undone', async () => {
    await using home = await createTestHome({
      'plugins/half.ts': `import { definePlugin } from '@pluggram/sdk'
      export default definePlugin({ setup({ services, signal }) {
        services.effects.setInterval('poll', 1000, () => {})
        services.effects.add('connection', () => services.logger.info('aborted: ' + signal.aborted))
        throw new Error('late failure')
      } })`,
    })
    const host = await home.host()
    await host.start()
    expect(host.logged).toEqual(['aborted: true'])
  })

  test('a setup that ends after its deadline is cleaned up', async () => {
    await using home = await createTestHome({
      'plugins/late.ts': `import { definePlugin } from '@pluggram/sdk'
      export default definePlugin({ setup: ({ services, signal }) => new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ cleanup() { services.logger.info('cleaned') } })) }) })`,
    })
    const host = await home.host({ timeouts: { startSeconds: 2 } })
    expect((await host.start()).problems).toHaveLength(1)
    await expect.poll(() => host.logged).toEqual(['cleaned'])
  })

  test('keys and names that do not fit are warned about, and the plugin runs', async () => {
    await using home = await createTestHome({
      'plugins/modern.ts': `import { definePlugin } from '@pluggram/sdk'
      export default definePlugin({ name: 'other', tools: {}, gadgets: [], commands: { x: { description: 'X', cooldown: 1 } } })`,
    })
    const host = await home.host()
    const { problems } = await host.start()
    expect(problems.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      `warning Plugin modern: unknown manifest key 'gadgets' ignored.`,
      `warning Plugin modern: unknown manifest key 'commands.x.cooldown' ignored.`,
      `warning Plugin modern: its manifest calls it "other", but it is known by its file's name, modern. Let both be the same.`,
      `warning Plugin modern: /x has no execute and there is no processMessage, so nothing answers it.`,
    ])
    expect(host.states()).toMatchObject([{ name: 'modern', state: 'running' }])
  })

  test('a plugin that is off is not even imported', async () => {
    await using home = await createTestHome({
      'plugins/off.ts': 'globalThis.offImported = true\nexport default class {}',
    })
    const host = await home.host({ isEnabled: () => false })
    expect(await host.start()).toMatchObject({ problems: [], states: [{ name: 'off', state: 'off' }] })
    expect(Reflect.has(globalThis, 'offImported')).toBe(false)
  })
})
