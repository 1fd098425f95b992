import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'login',
    summary: 'print a new one-time link that logs you in to the running assistant',
    run: async (cli) => (await import('../login-command.ts')).login(cli),
  },
]
