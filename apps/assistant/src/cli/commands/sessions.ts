import type { CliCommand } from '../cli-command.ts'

const work = () => import('../sessions-command.ts')

export const commands: readonly CliCommand[] = [
  {
    words: 'sessions',
    summary: 'list the browsers that are logged in',
    isList: true,
    examples: { sessions: 'who is logged in, from where, since when' },
    run: async (cli) => (await work()).listSessions(cli),
  },
  {
    words: 'sessions end',
    summary: 'log out a browser, or all of them',
    examples: { 'sessions end all': 'every browser has to log in again' },
    arguments: { '<session>': 'the ID of a session, or "all"' },
    run: async (cli, { args: [id = ''] }) => (await work()).endSession(cli, id),
  },
]
