import type { CliCommand } from '../cli-command.ts'

const NAME = { '<name>': 'the name of a plugin' }

const work = () => import('../plugins-command.ts')

export const commands: readonly CliCommand[] = [
  {
    words: 'plugins',
    summary: 'list plugins, turn them on or off',
    run: async (cli) => (await work()).listPlugins(cli),
  },
  {
    words: 'plugins enable',
    summary: 'turn a plugin on',
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).switchPlugin(cli, name, true),
  },
  {
    words: 'plugins disable',
    summary: 'turn a plugin off',
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).switchPlugin(cli, name, false),
  },
  {
    words: 'plugins grant',
    summary: 'show the permissions a plugin asks for, and grant them',
    arguments: NAME,
    options: { '--yes': 'grant it' },
    run: async (cli, { args: [name = ''], options }) =>
      (await work()).grantPlugin(cli, name, { yes: options['yes'] === true }),
  },
  {
    words: 'plugins restart',
    summary: 'restart a plugin in the running assistant, even if it is parked',
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).restartPlugin(cli, name),
  },
]
