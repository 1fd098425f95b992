import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'restore-points',
    summary: 'list the copies of the home from before upgrades',
    isList: true,
    run: async (cli) => (await import('../restore-points-command.ts')).showRestorePoints(cli),
  },
  {
    words: 'restore-points remove',
    summary: 'delete one of them',
    arguments: { '<name>': 'as the list shows it' },
    run: async (cli, { args: [name = ''] }) =>
      (await import('../restore-points-command.ts')).dropRestorePoint(cli, name),
  },
]
