/** A fact about Pluggram that the demo model knows. */
export interface Fact {
  readonly id: string
  readonly title: string
  /** Words people use when asking about it. */
  readonly keywords: string
  /** Markdown. */
  readonly text: string
}

/** The three ways to a real model; also shown when the demo model does not know an answer. */
export const CONNECT_A_MODEL = `There are three ways for my owner to connect a real language model:

1. **A key**: put \`OPENAI_API_KEY\`, \`ANTHROPIC_API_KEY\` or \`GOOGLE_GENERATIVE_AI_API_KEY\` into the file \`.env\`.
2. **Any OpenAI-compatible server**: set \`OPENAI_BASE_URL\` in \`.env\`, for example \`http://127.0.0.1:11434/v1\`.
3. **A local model**: install Ollama (ollama.com) and run \`ollama pull llama3.2\`; Pluggram finds it within a minute.

After changing \`.env\`, restart the assistant. You need no other setting: \`ai.model\` is \`auto\`.`

export const FACTS: readonly Fact[] = [
  {
    id: 'connect-model',
    title: 'Connect a real language model',
    keywords:
      'model llm language openai anthropic claude google gemini ollama lm studio vllm llama openrouter gpt chatgpt key api base url env smarter intelligent brain ai',
    text: CONNECT_A_MODEL,
  },
  {
    id: 'owner',
    title: 'Become the owner, and decide who may use the assistant',
    keywords:
      'owner own become mine pair pairing code admin administrator who may use access allow block let in trust stranger friend private everyone permission rights user people',
    text: `The terminal in which the assistant was started shows a code, and so does its page. Send it to your bot as \`/pair CODE\`: then you are the owner. You choose who may use me: only you, people you let in, or everyone. When somebody new writes, I ask you with buttons. /users shows everybody. In the playground there is nobody else, so you are the owner already.`,
  },
  {
    id: 'what-is-pluggram',
    title: 'What Pluggram is',
    keywords: 'pluggram project about program software open source license mit purpose',
    text: 'Pluggram is your own AI assistant on Telegram, extended with plugins. You run it yourself: it answers your chats on Telegram, or in the playground in your browser. Plugins answer commands and messages; everything else goes to the AI model. It is open source under the MIT license.',
  },
  {
    id: 'add-plugin',
    title: 'Add or write your own plugin',
    keywords:
      'plugin add write create develop build new install extend own make code class typescript javascript ability',
    text: `A plugin is one file in the folder \`plugins/\`, for example \`plugins/my_plugin.ts\`; the file's name is the plugin's name. The smallest one is a class:

\`\`\`ts
export default class MyPlugin {
  async processMessage(message) {
    if (message === 'ping') return { success: true, response: 'pong' }
  }
}
\`\`\`

Then switch it on in \`plugins_config.json\`: \`{ "enabled_plugins": { "my_plugin": true } }\`. Its settings are in \`config.json\` under \`plugins.my_plugin\`. No build step is needed. The plugins that ship in \`plugins/\` are good examples.`,
  },
  {
    id: 'switch-plugin',
    title: 'Switch a plugin on or off',
    keywords: 'plugin enable disable switch turn activate deactivate on off enabled_plugins plugins_config',
    text: 'As the owner, send /plugins in our private chat and tap a plugin. In a terminal: `npx pluggram plugins enable NAME`, or `disable NAME`. Both write `plugins_config.json`, for example `{ "enabled_plugins": { "my_plugin": true } }`; you can edit it, too. A change takes effect at once.',
  },
  {
    id: 'telegram',
    title: 'Connect Telegram',
    keywords: 'telegram connect set setup configure token botfather phone messenger link',
    text: `To talk to your assistant on Telegram:

1. Open @BotFather in Telegram, send \`/newbot\` and follow it; it gives you a token.
2. Put the token into \`.env\`: \`TELEGRAM_BOT_TOKEN=…\`
3. Restart the assistant with \`npm start\`.

Without a token the assistant runs in the playground in your browser.`,
  },
  {
    id: 'playground',
    title: 'The playground',
    keywords: 'playground browser web page try test without telegram',
    text: 'The playground is a chat page in your browser at `/playground`. It talks to your assistant exactly as Telegram would, without an account and without a token. The one-time login link for it is printed in the terminal when the assistant starts.',
  },
  {
    id: 'status',
    title: 'Check that everything works',
    keywords:
      'status health healthy running alive state check problem error broken monitor readyz healthz log',
    text: 'Send /status to see which plugins run and which model answers. Programs ask `/healthz` and `/readyz` on the HTTP port. Errors are in the log in the terminal.',
  },
  {
    id: 'configuration',
    title: 'Where the configuration is',
    keywords:
      'config configuration configure setting settings file folder where home directory env config.json change option PLUGGRAM_HOME',
    text: `All files are in the assistant's home, the folder where you start it (or \`PLUGGRAM_HOME\`):

- \`config.json\`: settings of the assistant and of its plugins (\`plugins.my_plugin\`)
- \`plugins_config.json\`: which plugins are on
- \`.env\`: secrets such as \`TELEGRAM_BOT_TOKEN\` and model keys
- \`plugins/\`: your own plugins
- \`data/\`: what the assistant stores

A plugin's setting can also come from the environment: \`MY_PLUGIN_API_KEY\` sets \`plugins.my_plugin.api_key\`.`,
  },
  {
    id: 'choose-model',
    title: 'Choose which model answers',
    keywords: 'choose select change switch model provider ai.model auto default which',
    text: '`ai.model` in `config.json` says which model answers. `auto` (the default) takes the first key it finds in the environment, then a model server on this machine, then the built-in demo model. To choose one yourself write `provider:model`, for example `openai:…`, `anthropic:…`, `google:…` or `openai-compatible:…`; `demo` asks for the demo model.',
  },
  {
    id: 'memory',
    title: 'What the conversation remembers',
    keywords: 'memory remember forget history conversation context clear reset delete start over',
    text: 'I remember the last messages of each chat, also after a restart. Send /new to forget them and start over.',
  },
  {
    id: 'privacy',
    title: 'Where your messages go',
    keywords: 'privacy private data safe secure secret send store gdpr cloud leave spy',
    text: 'The built-in demo model runs inside the assistant and sends nothing anywhere. (Telegram, if connected, carries your messages as always.) With a real model connected, the conversation is sent to that model’s server. What the assistant stores stays in `data/` in its home.',
  },
  {
    id: 'commands',
    title: 'How commands work',
    keywords: 'command slash menu tap commands',
    text: 'A command is a message that starts with a slash, for example /help. Commands belong to plugins; Telegram lists them behind the menu button. /help shows all of them.',
  },
  {
    id: 'groups',
    title: 'Using the assistant in groups',
    keywords: 'group groups mention reply supergroup channel topic',
    text: 'In a group the assistant answers commands, messages that mention it, and replies to its own messages. In a private chat it answers everything.',
  },
  {
    id: 'languages',
    title: 'Languages',
    keywords: 'language languages english german deutsch spanish french translate speak understand',
    text: 'The built-in demo model only understands English. A real language model answers in the language you write in.',
  },
]
