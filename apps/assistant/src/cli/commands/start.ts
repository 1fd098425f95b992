import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'start',
    summary: 'start the assistant: on Telegram when TELEGRAM_BOT_TOKEN is set, else in the playground',
    options: {
      '--repair': 'move a damaged database aside and begin with an empty one',
      '--safe': 'start without any plugin that does not ship with Pluggram',
    },
    examples: {
      start: 'this folder is the home',
      'start --home ~/assistant': 'a home of your own',
      'start --repair': 'once, when the database is damaged',
    },
    async run(cli, { options }) {
      const { start } = await import('../start-command.ts')
      return start(cli, { repair: options['repair'] === true, safe: options['safe'] === true })
    },
  },
]
