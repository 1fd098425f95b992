import type { CliCommand } from '../cli-command.ts'

const NAME = { '<name>': 'the name of a plugin' }

const work = () => import('../plugins-command.ts')

export const commands: readonly CliCommand[] = [
  {
    words: 'plugins',
    summary: 'list plugins, turn them on or off',
    isList: true,
    examples: { plugins: 'what there is, what is on, and who says so', 'plugins enable dice': 'turn one on' },
    run: async (cli) => (await work()).listPlugins(cli),
  },
  {
    words: 'plugins list',
    summary: 'list plugins',
    isList: true,
    examples: { 'plugins list --json': 'for a program' },
    run: async (cli) => (await work()).listPlugins(cli),
  },
  {
    words: 'plugins enable',
    summary: 'turn a plugin on',
    examples: { 'plugins enable my_plugin': 'it starts at once, or at the next start' },
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).switchPlugin(cli, name, true),
  },
  {
    words: 'plugins disable',
    summary: 'turn a plugin off',
    examples: { 'plugins disable my_plugin': 'it stops at once' },
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).switchPlugin(cli, name, false),
  },
  {
    words: 'plugins grant',
    summary: 'show the permissions a plugin asks for, and grant them',
    examples: {
      'plugins grant my_plugin': 'see what it asks for',
      'plugins grant my_plugin --yes': 'grant it',
    },
    arguments: NAME,
    options: { '--yes': 'grant it' },
    run: async (cli, { args: [name = ''], options }) =>
      (await work()).grantPlugin(cli, name, { yes: options['yes'] === true }),
  },
  {
    words: 'plugins restart',
    summary: 'restart a plugin in the running assistant, even if it is parked',
    examples: { 'plugins restart my_plugin': 'start it again, its crashes forgotten' },
    arguments: NAME,
    run: async (cli, { args: [name = ''] }) => (await work()).restartPlugin(cli, name),
  },
]
