import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'doctor',
    summary: 'find out what is wrong with this home, why, and what to do',
    arguments: { '[id...]': 'only these findings: an id, or an area such as "plugin"; default: everything' },
    options: {
      '--fix': 'show what can be put right safely, ask, and do it',
      '--yes': 'with --fix: do not ask',
      '--offline': 'ask no other machine: not Telegram, no model, no name server',
    },
    isList: true,
    examples: {
      doctor: 'look at everything; ends with 1 when there are errors',
      'doctor --home ~/assistant --json': 'another home, for a program',
      'doctor telegram': 'only Telegram',
      'doctor --fix': 'show each safe change, and ask before it is made',
    },
    run: async (cli, { args, options }) =>
      (await import('../doctor-command.ts')).doctor(cli, {
        wanted: args,
        isFixing: options.fix === true,
        isConfirmed: options.yes === true,
        isOffline: options.offline === true,
      }),
  },
]
