import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'restore-points',
    summary: 'list the copies of the home from before upgrades',
    isList: true,
    examples: { 'restore-points': 'their names, versions and sizes' },
    run: async (cli) => (await import('../restore-points-command.ts')).showRestorePoints(cli),
  },
  {
    words: 'restore-points remove',
    summary: 'delete one of them',
    arguments: { '<name>': 'as the list shows it' },
    examples: {
      'restore-points remove 2026-11-30T21-04-05-123Z-from-0.1.0': 'when the upgrade has proved itself',
    },
    run: async (cli, { args: [name = ''] }) =>
      (await import('../restore-points-command.ts')).dropRestorePoint(cli, name),
  },
]
