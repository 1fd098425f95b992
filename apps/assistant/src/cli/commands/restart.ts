import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'restart',
    summary: 'restart the running assistant where it runs, with or without a supervisor',
    examples: { restart: 'after a change that takes effect at the next start' },
    run: async (cli) => (await import('../end-command.ts')).restart(cli),
  },
]
