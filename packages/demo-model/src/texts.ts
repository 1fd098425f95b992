/** What people read in chats. */
export const TEXTS = {
  hi: 'Hi there!',
  helloNiceMeet: 'Hello, nice to meet you!',
  greeting: (hello: string, name: string, suggestion: string, demoModel: string) =>
    `${hello} I'm ${name}. ${suggestion} I'm in demo mode: you are talking to ${demoModel}. Ask “what can you do?” or “how do I connect a model?”.`,
  notThatBrand: (brand: string) => `No, I'm not ${brand}. `,
  whoAmI: (denial: string, name: string, kind: string, demoModel: string) =>
    `${denial}I'm ${name}${kind}. You are talking to ${demoModel}. It matches your words with help texts and commands; it does not think and knows nothing about the world. Plugins do the real work. To connect a real model, ask “how do I connect a model?”.`,
  can: (lines: string) => `I can:\n\n${lines}`,
  noPlugins: 'No plugins are on yet. Ask “how do I add a plugin?”.',
  sendHelp: 'Send /help to see what I can do.',
  trySendHelp: (usageOf: string, more: string) => `Try ${usageOf}${more}, or send /help.`,
  canOnlyReadText: (suggestion: string) => `I can only read text, and there was none. ${suggestion}`,
  onlyEnglish: (apology: string, demoModel: string, suggestion: string, connect: string) =>
    `${apology}I'm ${demoModel}, and I only understand English. ${suggestion} A real language model would understand you:\n\n${connect}`,
  gaveNoAnswer: (usageOf: string, asSentence: string) =>
    `${usageOf} exists: ${asSentence} It gave no answer this time; /status may show why.`,
  noSuchCommand: (plain: string) => `There is no command /${plain}. /help lists all commands.`,
  didYouMean: (plain: string, value: string, lines: string) =>
    `There is no command /${plain}. Did you mean ${value}?\n\n${lines}`,
  canDo: (upperFirst: string) => `${upperFirst} can do that.`,
  use: (what: string) => `Use ${what} for that.`,
  isForThat: (what: string) => `That's what ${what} is for.`,
  tapSend: (lead: string, plain: string, asSentence: string) =>
    `${lead} Tap or send:\n\n${plain}\n\n${asSentence}`,
  isPlugin: ' is a plugin of this assistant.',
  dontKnow: (demoModel: string) =>
    `I don't know that. I'm ${demoModel}, so I can only answer questions about this assistant.`,
  cantHelp: (demoModel: string) => `Sorry, I can't help with that in demo mode. I'm ${demoModel}.`,
  cantAnswer: (demoModel: string) => `I can't answer that in demo mode. I'm ${demoModel}.`,
  connectInShort:
    'My owner can connect an AI model: with a key in `.env`, with `OPENAI_BASE_URL`, or with Ollama.',
  nothingBefore: 'Nothing before this: it is the first message of our conversation that I can see.',
  firstMessage: (quote: string) => `The first message I can still see is ${quote}`,
  youWrote: (quote: string) => `You wrote: ${quote}`,
  iWrote: (quote: string) => `I wrote: ${quote}`,
  nothingYet: 'Nothing yet: this is the start of our conversation.',
  yourName: (plain: string) => `You told me in this conversation: your name is ${plain}.`,
  nameUnknown: 'You have not told me your name in this conversation. Write “my name is …” and ask me again.',
  whatIRemember: (count: string) =>
    `I can see what was written in this conversation: ${count} of yours before this one. Ask “what did I say?” or “what is my name?”, and send /new to make me forget it.`,
  niceToMeet: (plain: string) =>
    `Nice to meet you, ${plain}! Ask me “what is my name?” later: I can look it up in this conversation.`,
  example: (plain: string) => ` For example: “${plain}”`,
  argumentsMissing: (plain: string, lines: string, shown: string) =>
    `I'd use **${plain}** for that, but I still need:\n\n${lines}\n\nPlease say it all in one sentence.${shown}`,
  emptyResult: 'There is nothing.',
  capabilities: (plugins: string, demoModel: string) =>
    `${plugins}\n\n/help lists all commands, and /status checks that everything works. I'm ${demoModel}: I answer questions about this assistant and find the right command for you.`,
} as const
