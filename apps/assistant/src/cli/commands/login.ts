import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'login',
    summary: 'print a new one-time login link for the running assistant',
    examples: { login: 'open the link in a browser; it works once, for an hour' },
    run: async (cli) => (await import('../login-command.ts')).login(cli),
  },
]
