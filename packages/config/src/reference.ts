import { DEFAULT_PLUGINS } from './decide-plugins.ts'
import { ENVIRONMENT_SETTINGS, OTHER_ENVIRONMENT } from './environment-settings.ts'
import { createJsonSchema } from './json-schema.ts'
import { isJsonObject } from './json-value.ts'
import { expectedAt } from './validate-settings.ts'

const HEAD = `# Configuration

<!-- Made by packages/config/scripts/generate-reference.ts from the schema's descriptions. Do not edit by hand. -->

All of it is optional. An assistant's home holds three files:

| file | written by | holds |
|---|---|---|
| \`config.json\` | people | the keys below |
| \`plugins_config.json\` | programs | which plugins are on, and what they may use: \`{ "enabled_plugins": { "my_plugin": true }, "grants": { "my_plugin": { "ai": true } } }\` |
| \`.env\` | people | secrets and machine-specific values, one \`NAME=value\` a line |

The JSON files are JSON in UTF-8, in which comments (\`//\`, \`/* … */\`) and trailing commas are fine; no duplicate keys, at most
1 MiB and 64 levels. What commands, chats and pages change in them leaves your comments and layout as they are.
\`pluggram init\` writes a config.json with every key, explained and commented out.
A variable of the process wins over \`.env\`, and both win over \`config.json\`. An empty variable counts as unset.

Inside any text of \`config.json\`, \`\${NAME}\` is replaced by that variable; \`$\${NAME}\` stands for the characters \`\${NAME}\`.
\`\${file:petstore.yaml}\` is replaced by the text of that file, whose path starts in the home.
While the assistant runs, a changed key takes effect at once (\`live\`) or is named in the log and takes effect when the
assistant is started again (\`next start\`). A changed variable does as its key does; one without a key takes effect at the
next start.

A variable that is not set is an error: inside a plugin's block it leaves out that plugin, elsewhere it stops the start.
`

const PLUGINS = `## Plugins

\`plugins.my_plugin\` in \`config.json\` holds the settings of the plugin \`my_plugin\`; its README says which there are.
\`MY_PLUGIN_API_KEY\` in the environment sets \`plugins.my_plugin.api_key\` and wins over the file. Where two plugins fit
(\`my\` and \`my_plugin\`), the longer name wins. Text from the environment is read as a number, a boolean, or a JSON array or
object when the plugin's configuration asks for one. Variables of the assistant itself (\`TELEGRAM_…\`, \`PLUGGRAM_…\`,
\`OPENAI_…\`, \`ANTHROPIC_…\`, \`GOOGLE_GENERATIVE_AI_…\`, \`SENTRY_…\`, \`OTEL_…\`, \`NODE_…\`, \`NPM_…\`, \`MCP_…\`,
\`DATABASE_URL\`, \`LOG_LEVEL\`) never reach a plugin this way; pass one on with \`"\${OPENAI_API_KEY}"\`.

A block or a switch of a plugin that does not exist is a warning. A plugin is on when
\`plugins_config.json\` or \`"enabled": true\` in its block switches it on, and neither switches it off; when the two disagree
it is off, and a warning names both lines. In a home without \`plugins_config.json\`, these are on: ${DEFAULT_PLUGINS.map((name) => `\`${name}\``).join(', ')}.
`

interface Row {
  readonly path: readonly string[]
  readonly description: string
  readonly expected: string
  readonly defaultValue: unknown
  readonly takesEffect: string
}

/** The text of docs/reference/configuration.md. */
export function createReference(): string {
  const { properties } = createJsonSchema()
  const sections = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, schema]) =>
    name === 'plugins' || name === '$schema' ? [] : [createSection(name, schema)],
  )
  return [HEAD, '## Keys of config.json\n', ...sections, PLUGINS, createEnvironmentSection()].join('\n')
}

function createSection(name: string, schema: unknown): string {
  const description = isJsonObject(schema) ? String(schema['description'] ?? '') : ''
  const rows = [...collectRows([name], schema)].map((row) => {
    const key = `\`${row.path.join('.')}\``
    const variable = ENVIRONMENT_SETTINGS.find(
      (setting) => setting.path.join('.') === row.path.join('.'),
    )?.name
    const cells = [
      key,
      row.description,
      row.expected,
      formatDefault(row.defaultValue),
      row.takesEffect,
      formatName(variable),
    ]
    return `| ${cells.map(escapeCell).join(' | ')} |`
  })
  const head = '| key | meaning | value | default | takes effect | variable |\n|---|---|---|---|---|---|'
  return `### ${name}\n\n${description}\n\n${head}\n${rows.join('\n')}\n`
}

function* collectRows(path: readonly string[], schema: unknown): Generator<Row> {
  if (!isJsonObject(schema)) return
  const { properties } = schema
  if (isJsonObject(properties)) {
    for (const [key, member] of Object.entries(properties)) yield* collectRows([...path, key], member)
    return
  }
  yield {
    path,
    description: String(schema['description'] ?? ''),
    expected: expectedAt(path) ?? '',
    defaultValue: schema['default'],
    takesEffect: String(schema['takesEffect'] ?? ''),
  }
}

function createEnvironmentSection(): string {
  const rows = [
    ...ENVIRONMENT_SETTINGS.map(({ name, path }) => `| \`${name}\` | sets \`${path.join('.')}\` |`),
    ...OTHER_ENVIRONMENT.map(({ name, description }) => `| \`${name}\` | ${escapeCell(description)} |`),
    "| `MY_PLUGIN_API_KEY` | sets `plugins.my_plugin.api_key`, and so on for every plugin's keys |",
  ]
  return `## Environment variables\n\n| variable | meaning |\n|---|---|\n${rows.join('\n')}\n`
}

function formatDefault(value: unknown): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``
}

function formatName(name: string | undefined): string {
  return name === undefined ? '' : `\`${name}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
