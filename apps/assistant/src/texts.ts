/** What people read in chats. */
export const TEXTS = {
  helpDetails: 'Details: `/help NAME`',
  noHelp: (asked: string, names: string) => `There is no plugin or command "${asked}". Available: ${names}.`,
  forExample: (usage: string) => `, for example \`${usage}\``,
  works: (name: string) => `✅ **${name}** works.`,
  worksPartly: (name: string) => `**${name}** does not work completely:`,
  isDemo: "I'm in demo mode: no AI model is connected.",
  modelFails: "🔴 The AI model isn't working right now.",
  pluginsFail: (titles: string) => `🔴 Not working right now: ${titles}.`,
  running: (name: string, time: string) => `**${name}** has been running for ${time}.`,
  connection: (connection: string, model: string) => `Connection: ${connection}\nModel: ${model}`,
  plugins: 'Plugins:',
  problems: (count: number) =>
    `⚠️ ${count === 1 ? 'One problem' : `${count} problems`}: run \`pluggram doctor\` where I run.`,
  demoNote: '(built-in demo, not a large language model)',
  nearlyFull: (title: string, percent: number) =>
    `⚠️ The store of ${title} is ${percent} % full. When it is full, the plugin cannot save anything new.`,
  notRunning: (plugin: string) => `${plugin} is not running, so nothing can be set for one chat.`,
  noKey: (plugin: string, key: string, known: string) => `${plugin} has no key ${key}. It has: ${known}.`,
  isSecret: (key: string) => `${key} is a secret. Put it into .env, not into a chat.`,
  setByEnvironment: (key: string) =>
    `${key} is set in .env or the environment, which takes precedence. Change it there.`,
  noKeyForChat: (plugin: string) => `${plugin} has no setting for a single chat.`,
  notForChat: (key: string, settable: string) => `${key} cannot be set for one chat. These can: ${settable}.`,
  looksLikeSecret: 'That looks like a secret. Put it into .env, not into a chat.',
  mustBe: (key: string, expected: string) => `${key} must be ${expected}.`,
  unanswered: 'None of my plugins answered that. /help shows what I can do.',
  hello: (who: string, name: string) => `Hi ${who}! I'm **${name}**.`,
  whatToSend: 'Send me a message, a photo or a file. /help lists what I can do.',
  demoMode:
    'I\'m in demo mode, so I only know my own commands. To connect an AI model, ask me *"how do I connect a model?"*',
} as const
