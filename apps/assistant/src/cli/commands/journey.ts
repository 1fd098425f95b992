import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'journey',
    summary: 'show what a message went through, from its arrival until its answer was sent',
    isList: true,
    examples: {
      journey: 'list the last messages, and the notable ones of the last days',
      'journey last': 'the last message as a waterfall',
      'journey 123456': 'the message with this update id; log lines have it as "update"',
      'journey slowest --json': 'the slowest of the day, as data',
    },
    arguments: {
      '[which]': "an update's id, last, failed, slowest or dearest; without it they are listed",
    },
    options: { '--plugin <name>': 'list only what this plugin answered', '--failed': 'list only failures' },
    async run(cli, { args: [which], options }) {
      const { journey } = await import('../journey-command.ts')
      const { plugin, failed } = options
      return journey(cli, which, {
        isFailed: failed === true,
        ...(typeof plugin === 'string' && { plugin }),
      })
    },
  },
]
