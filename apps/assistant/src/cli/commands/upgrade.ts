import type { CliCommand } from '../cli-command.ts'

const text = (value: string | true | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

export const commands: readonly CliCommand[] = [
  {
    words: 'upgrade',
    summary: 'run another release in this home; goes back by itself when that does not work',
    arguments: { '[release]': 'its folder, or its tarball' },
    options: {
      '--to <version>': 'say how to get that version',
      '--check': 'only say what would break',
      '--yes': 'do it',
      '--watch <minutes>': 'how long the new release is watched (default: 5)',
      '--ready <seconds>': 'how long it may take until it is ready (default: 120)',
      '--start <command>': 'how the assistant is started here, for example "systemctl start pluggram"',
      '--undo': 'go back to the release before',
      '--report': 'what this release says of the home, for another release',
    },
    examples: {
      'upgrade ../pluggram-0.2.0 --check': 'what would break',
      'upgrade ../pluggram-0.2.0 --yes': 'run that release from now on',
      'upgrade --undo': 'go back',
    },
    run: async (cli, { args: [target], options }) =>
      (await import('../upgrade-command.ts')).upgrade(cli, {
        target,
        to: text(options['to']),
        isCheck: options['check'] === true,
        isConfirmed: options['yes'] === true,
        isUndo: options['undo'] === true,
        isReport: options['report'] === true,
        watch: text(options['watch']),
        ready: text(options['ready']),
        start: text(options['start']),
      }),
  },
]
