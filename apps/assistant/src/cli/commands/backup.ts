import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'backup',
    summary: 'write the home to one encrypted file, also while the assistant runs',
    arguments: { '[file]': 'where to write it; default: backups/ in the home, with the time in its name' },
    options: {
      '--recipient <key>': 'encrypt for this public key of age (age1…) instead of a passphrase',
    },
    examples: {
      backup: 'into backups/ in the home',
      'backup /mnt/disk/home.age': 'to a file of your choice',
      'backup home.age --recipient age1…': 'so that only the holder of that key can open it',
    },
    run: async (cli, { args: [file], options }) =>
      (await import('../backup-command.ts')).backUp(cli, {
        ...(file !== undefined && { file }),
        ...(typeof options.recipient === 'string' && { recipient: options.recipient }),
      }),
  },
]
