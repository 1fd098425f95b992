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
  demoNote: '(built-in demo, not a large language model)',
  nearlyFull: (title: string, percent: number) =>
    `⚠️ The store of ${title} is ${percent} % full. When it is full, the plugin cannot save anything new.`,
} as const
