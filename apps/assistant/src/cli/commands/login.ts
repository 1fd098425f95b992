import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'login',
    summary: 'print a new one-time login link for the running assistant',
    run: async (cli) => (await import('../login-command.ts')).login(cli),
  },
]
