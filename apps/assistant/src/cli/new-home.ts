import { readFileSync } from 'node:fs'
import { createExplainedConfig, createJsonSchema, DEFAULT_PLUGINS } from '@pluggram/config'

/** One file of a new home. */
interface HomeFile {
  readonly path: string
  readonly text: string
  /** What it is for, in the list that is printed and in the home's README. */
  readonly about: string
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** The files of a new home. */
export function newHome(): readonly HomeFile[] {
  const files = [
    {
      path: 'config.json',
      text: createExplainedConfig({
        $schema: './config.schema.json',
        plugins: { hello: { greeting: 'Hello' } },
      }),
      about: 'your settings, each explained, and those of plugins',
    },
    {
      path: 'config.schema.json',
      text: json(createJsonSchema()),
      about: 'lets your editor explain and complete config.json',
    },
    {
      path: 'plugins_config.json',
      text: json({
        enabled_plugins: Object.fromEntries([...DEFAULT_PLUGINS, 'hello'].map((name) => [name, true])),
      }),
      about: 'which plugins are on; commands and pages write it',
    },
    { path: '.env', text: environment(), about: 'secrets, each explained' },
    { path: 'plugins/hello.ts', text: PLUGIN, about: 'an example plugin, to change or delete' },
    {
      path: '.gitignore',
      text: '# secrets and what the assistant keeps\n.env\nsecrets.age\nsecrets.key\ndata/\n',
      about: 'keeps secrets out of git',
    },
  ]
  const list = files.map(({ path, about }) => `| \`${path}\` | ${about} |`).join('\n')
  const readme = `# A home of Pluggram

| file | what it is |
|---|---|
${list}
| \`data/\` | what the assistant keeps; back it up, and change nothing in it |

Start it with \`npx pluggram start --home .\` in the folder of Pluggram. \`config check\` finds mistakes, \`status\` and
\`logs -f\` show what runs, \`stop\` ends it. docs/guides/plugin-development.md explains plugins.
`
  return [...files, { path: 'README.md', text: readme, about: 'what each file is' }]
}

/** The variables of the project's example, which is for a file of another name. */
function environment(): string {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8')
  return example.replace('Copy this file to .env and fill in what you need.', 'Fill in what you need.')
}

const PLUGIN = `// A plugin: the file's name is its name. It reloads when you save it.
import { definePlugin, z } from '@pluggram/sdk'

export default definePlugin({
  description: 'Says hello',

  // its settings: config.json, under plugins.hello
  config: z.object({ greeting: z.string().default('Hello') }),

  commands: {
    hello: {
      description: 'Say hello',
      execute: (_args, { user }) => ({ success: true, response: \`Hello, \${user.firstName}!\` }),
    },
  },

  setup: ({ config }) => ({
    // sees every message; undefined means "not mine", and the next plugin is asked
    processMessage(message, { user }) {
      if (message.trim().toLowerCase() !== 'hello') return undefined
      return { success: true, response: \`\${config.greeting}, \${user.firstName}! I am plugins/hello.ts.\` }
    },
  }),
})
`
