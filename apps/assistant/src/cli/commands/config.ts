import type { CliCommand } from '../cli-command.ts'

const work = () => import('../config-command.ts')

export const commands: readonly CliCommand[] = [
  { words: 'config', summary: 'check the configuration of this home' },
  {
    words: 'config check',
    summary: 'report every problem of config.json, plugins_config.json, .env and the environment',
    run: async (cli) => (await work()).checkConfig(cli),
  },
  {
    words: 'config schema',
    summary: 'print the JSON Schema of config.json, for completion in editors',
    run: async (cli) => (await work()).printSchema(cli),
  },
]
