import type { CliCommand } from '../cli-command.ts'

const work = () => import('../secrets-command.ts')
const NAME = { '<name>': 'a variable (OPENAI_API_KEY), or a plugin and its credential (my_plugin.github)' }

export const commands: readonly CliCommand[] = [
  {
    words: 'secrets',
    summary: 'keep secrets in an encrypted file, and see where each comes from',
    isList: true,
    examples: {
      'secrets set OPENAI_API_KEY': 'asks for the value, and shows nothing of it',
      'secrets set my_plugin.github < token.txt':
        'a credential that the assistant adds to requests of a plugin',
      'secrets list': 'names and places, never values',
    },
    run: async (cli) => (await work()).listSecrets(cli),
  },
  {
    words: 'secrets set',
    summary: 'put a secret into secrets.age; the value comes from a prompt or from standard input',
    arguments: { ...NAME, '[value...]': 'refused: it would show in the list of processes' },
    examples: {
      'secrets set TELEGRAM_BOT_TOKEN': 'type or paste it; nothing is shown',
      'secrets set OPENAI_API_KEY < key.txt': 'from a file or another program',
      'secrets set my_plugin.github': 'for the credential "github" in the manifest of my_plugin',
    },
    run: async (cli, { args }) => (await work()).setSecret(cli, args),
  },
  {
    words: 'secrets list',
    summary: 'list secrets: names, where each comes from, when it changed; never a value',
    isList: true,
    examples: { 'secrets list --json': 'for a program' },
    run: async (cli) => (await work()).listSecrets(cli),
  },
  {
    words: 'secrets remove',
    summary: 'remove a secret from secrets.age',
    arguments: NAME,
    examples: { 'secrets remove OPENAI_API_KEY': 'a value elsewhere, as in .env, counts again' },
    run: async (cli, { args: [name = ''] }) => (await work()).removeSecret(cli, name),
  },
  {
    words: 'secrets check',
    summary: 'report examples, weak values, files that cannot be read, and secrets that are set twice',
    isList: true,
    examples: { 'secrets check': 'ends with 1 when there are errors' },
    run: async (cli) => (await work()).checkSecrets(cli),
  },
  {
    words: 'secrets rotate',
    summary: 'give secrets.age another key; what it holds stays the same',
    examples: { 'secrets rotate': 'when somebody may have seen the key; then change the secrets as well' },
    run: async (cli) => (await work()).rotateKey(cli),
  },
]
