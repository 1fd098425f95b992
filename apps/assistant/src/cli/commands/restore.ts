import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'restore',
    summary: 'show what a backup contains; with --yes, put it in place of the home',
    arguments: { '<file>': 'what "pluggram backup" wrote' },
    options: {
      '--yes': 'replace what is in the home; the old files are moved, not deleted',
      '--identity <file>':
        'the file with the secret key of age (AGE-SECRET-KEY-1…), if it was made for a key',
    },
    examples: {
      'restore home.age': 'check the file and say what is in it',
      'restore home.age --yes': 'put it in place of the home',
    },
    run: async (cli, { args: [file = ''], options }) =>
      (await import('../restore-command.ts')).restore(cli, {
        file,
        isConfirmed: options.yes === true,
        ...(typeof options.identity === 'string' && { identity: options.identity }),
      }),
  },
]
