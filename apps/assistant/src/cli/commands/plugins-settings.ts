import type { CliCommand, CliInput } from '../cli-command.ts'

const NAME = { '<name>': 'the name of a plugin' }
const KEY = { ...NAME, '<key>': 'a key of its configuration' }
const CHAT = { '--chat <id>': 'in that chat only; else in config.json' }

const work = () => import('../plugin-settings-command.ts')

function target({ args: [plugin = ''], options: { chat } }: CliInput): {
  plugin: string
  chat: string | undefined
} {
  return { plugin, chat: typeof chat === 'string' ? chat : undefined }
}

export const commands: readonly CliCommand[] = [
  {
    words: 'plugins settings',
    isList: true,
    summary: 'show the settings of a plugin, secrets hidden',
    arguments: NAME,
    options: { '--chat <id>': 'as they are in that chat' },
    examples: { 'plugins settings dice': 'all keys, with their values' },
    run: async (cli, input) => (await work()).listSettings(cli, target(input)),
  },
  {
    words: 'plugins set',
    summary: 'change a plugin setting',
    arguments: { ...KEY, '<value>': 'lists and objects as JSON' },
    options: CHAT,
    examples: { 'plugins set dice max_dice 10': 'in config.json; it takes effect at once' },
    async run(cli, input) {
      const [, key = '', text = ''] = input.args
      return (await work()).changeSetting(cli, target(input), { key, text })
    },
  },
  {
    words: 'plugins unset',
    summary: 'reset a plugin setting to its default',
    arguments: KEY,
    options: CHAT,
    examples: { 'plugins unset dice max_dice': 'back to its default' },
    async run(cli, input) {
      const [, key = ''] = input.args
      return (await work()).changeSetting(cli, target(input), { key, text: undefined })
    },
  },
]
