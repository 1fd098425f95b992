import type { CliCommand } from '../cli-command.ts'

const ARGUMENTS = { '<plugin>': 'the name of a plugin', '<name>': 'the name of its schedule' }

const work = () => import('../schedules-command.ts')

export const commands: readonly CliCommand[] = [
  {
    words: 'schedules',
    summary: 'list schedules',
    isList: true,
    examples: { 'schedules --json': 'for a program' },
    run: async (cli) => (await work()).listSchedules(cli),
  },
  {
    words: 'schedules pause',
    summary: 'pause a schedule',
    arguments: ARGUMENTS,
    examples: { 'schedules pause feeds check': 'until it is resumed' },
    run: async (cli, { args: [plugin = '', name = ''] }) =>
      (await work()).pauseSchedule(cli, { plugin, name, isPaused: true }),
  },
  {
    words: 'schedules resume',
    summary: 'resume a paused schedule',
    arguments: ARGUMENTS,
    examples: { 'schedules resume feeds check': 'it runs again' },
    run: async (cli, { args: [plugin = '', name = ''] }) =>
      (await work()).pauseSchedule(cli, { plugin, name, isPaused: false }),
  },
]
