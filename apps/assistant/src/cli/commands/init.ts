import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'init',
    summary: 'make a home of your own, with explained files and an example plugin; nothing is overwritten',
    arguments: { '[folder]': 'the new home; by default that of --home, PLUGGRAM_HOME or this folder' },
    examples: { 'init ~/assistant': 'then: pluggram start --home ~/assistant' },
    run: async (cli, { args: [folder] }) => (await import('../init-command.ts')).init(cli, folder),
  },
]
