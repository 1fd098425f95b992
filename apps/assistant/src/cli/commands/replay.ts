import type { CliCommand } from '../cli-command.ts'

export const commands: readonly CliCommand[] = [
  {
    words: 'replay',
    summary: 'list and retry messages that failed three times',
    isList: true,
    examples: {
      replay: 'list them',
      'replay 123456 --show': 'see one whole',
      'replay --all': 'work on all of them again',
    },
    arguments: { '[update-id...]': 'updates to retry; without any, the parked ones are listed' },
    options: {
      '--all': 'every parked update',
      '--show': 'print them in full instead',
      '--drop': 'delete them instead',
    },
    async run(cli, { args, options }) {
      const { replay } = await import('../replay-command.ts')
      const isGiven = (name: string): boolean => options[name] === true
      return replay(cli, args, { all: isGiven('all'), show: isGiven('show'), drop: isGiven('drop') })
    },
  },
]
