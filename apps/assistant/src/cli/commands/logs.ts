import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'logs',
    summary: 'show the last log lines of the running assistant',
    options: { '-f, --follow': 'keep showing new lines', '-n, --lines <count>': 'how many (default 100)' },
    isList: true,
    examples: { 'logs -f': 'read along', 'logs -n 500 --json': 'the last 500 lines as JSON, one a line' },
    async run(cli, { options }) {
      const { showLogs } = await import('../logs-command.ts')
      const { lines, follow } = options
      return showLogs(cli, { isFollowing: follow === true, count: typeof lines === 'string' ? lines : '100' })
    },
  },
]
