import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'status',
    summary: 'show what runs in this home, and check that it works',
    isList: true,
    examples: { status: 'this folder', 'status --home ~/assistant --json': 'another home, for a program' },
    run: async (cli) => (await import('../status-command.ts')).showStatus(cli),
  },
]
