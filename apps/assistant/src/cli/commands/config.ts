import type { CliCommand } from '../cli-command.ts'

const work = () => import('../config-command.ts')

export const commands: readonly CliCommand[] = [
  { words: 'config', summary: 'check the configuration of this home' },
  {
    words: 'config check',
    summary: 'report every problem of config.json, plugins_config.json, .env and the environment',
    isList: true,
    examples: { 'config check --home ~/assistant': 'before a restart; ends with 1 when there are errors' },
    run: async (cli) => (await work()).checkConfig(cli),
  },
  {
    words: 'config schema',
    summary: 'print the JSON Schema of config.json, for completion in editors',
    examples: { 'config schema > config.schema.json': 'name it in config.json as "$schema"' },
    run: async (cli) => (await work()).printSchema(cli),
  },
]
