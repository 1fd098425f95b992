import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'held',
    summary: 'list messages that wait after a restore; send or drop them',
    options: {
      '--send': 'send them at the next start',
      '--drop': 'delete them',
      '--older-than <hours>': 'only those that are older',
    },
    isList: true,
    examples: {
      'held --send': 'send everything that waits',
      'held --drop --older-than 24': 'delete what is older than a day',
    },
    run: async (cli, { options }) =>
      (await import('../held-command.ts')).held(cli, {
        isSent: options.send === true,
        isDropped: options.drop === true,
        ...(typeof options.olderThan === 'string' && { olderThan: options.olderThan }),
      }),
  },
]
