import { beforeEach, describe, expect, test } from 'vitest'
import { createTestHome, LEVELS, useLevel } from './test-home.ts'

/** As people write it: with a comment, a trailing comma and a second file. */
const TSCONFIG = {
  'tsconfig.json': `{
    "extends": "./tsconfig.base.json",
    "compilerOptions": {
      // { "commented/*": [] }
      "baseUrl": ".",
      "paths": { "@app/*": ["./lib/*"], "@app": ["./lib/x.ts"], "utils": ["./lib/x.ts"], "shared/deep/*": ["./lib/*"], },
    },
  }`,
  'tsconfig.base.json': '{ "compilerOptions": { "paths": { "base/*": ["./lib/*"] } } }',
}

interface Case {
  /** What the plugin imports. */
  readonly from: string
  readonly packageJson?: object
  readonly tsconfig?: boolean
  /** Absent: it runs. */
  readonly message?: RegExp
}

const ALIAS = /is an alias of tsconfig\.json, which Node does not read\. Import the file by its path/
const CASES: Readonly<Record<string, Case>> = {
  at: { from: '@/lib/x', message: ALIAS },
  tilde: { from: '~/x', message: ALIAS },
  dollar: { from: '$lib/x', message: ALIAS },
  wildcard: { from: '@app/x', tsconfig: true, message: ALIAS },
  exact_scope: { from: '@app', tsconfig: true, message: ALIAS },
  exact: { from: 'utils', tsconfig: true, message: ALIAS },
  below_exact: { from: 'shared/deep/x', tsconfig: true, message: ALIAS },
  extended: { from: 'base/x', tsconfig: true, message: ALIAS },
  base_url: { from: 'lib/x', tsconfig: true, message: ALIAS },
  no_alias: { from: 'utils', message: /the package utils is not installed/ },
  other_package: { from: 'utils-of-others', tsconfig: true, message: /package utils-of-others is not/ },
  commented: { from: 'commented/x', tsconfig: true, message: /the package commented is not installed/ },
  scoped: { from: '@lib/x', tsconfig: true, message: /the package @lib\/x is not installed/ },
  legal: { from: '#lib/x.ts', packageJson: { '#lib/*': './lib/*' } },
  legal_exact: { from: '#x', packageJson: { '#x': './lib/x.ts' } },
  undefined_import: {
    from: '#lib/x.ts',
    message: /#lib\/x\.ts is not in "imports" of package\.json\. Add it there/,
  },
  other_import: {
    from: '#lib/x.ts',
    packageJson: { '#x': './lib/x.ts' },
    message: /#lib\/x\.ts is not in "imports" of package\.json/,
  },
  no_ending: {
    from: '#lib/x',
    packageJson: { '#lib/*': './lib/*' },
    message: /the file lib\/x does not exist\. There is x\.ts: imports name the file as it is/,
  },
}

describe.each(LEVELS)('%s', (level) => {
  beforeEach(() => useLevel(level))

  test('an import that only bundlers understand is told from a package that is missing', async () => {
    const files = Object.entries(CASES).flatMap(([name, { from, packageJson, tsconfig = false }]) => [
      [`plugins/${name}/package.json`, JSON.stringify({ type: 'module', imports: packageJson })],
      [`plugins/${name}/lib/x.ts`, 'export const x = 1\n'],
      [
        `plugins/${name}/index.ts`,
        `import { x } from '${from}'\nexport default class { processMessage() { return { success: true, response: 'x is ' + x } } }`,
      ],
      ...(tsconfig ? Object.entries(TSCONFIG).map(([file, text]) => [`plugins/${name}/${file}`, text]) : []),
    ])
    await using home = await createTestHome(Object.fromEntries(files) as Record<string, string>)
    const host = await home.host()
    const { problems } = await host.start()
    const messages = new Map(problems.map(({ plugin, message }) => [plugin, message]))
    for (const [name, { message = /^$/ }] of Object.entries(CASES))
      expect({ [name]: messages.get(name) ?? '' }).toEqual({ [name]: expect.stringMatching(message) })
    for (const name of ['legal', 'legal_exact'])
      expect(await host.ask(name, 'x')).toEqual({ success: true, response: 'x is 1' })
  })
})
