import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'stop',
    summary: 'stop the running assistant; answers under way are finished first',
    examples: { stop: 'stop it, and wait until it has ended' },
    run: async (cli) => (await import('../end-command.ts')).stop(cli),
  },
]
