import type { AssistantDirectory, PluginSummary } from '@pluggram/sdk'

export const DICE: PluginSummary = {
  name: 'dice',
  description: 'Rolls dice and flips coins',
  help: 'Dice are written as in role-playing games: **2d6** are two dice with six sides.',
  commands: [
    {
      name: 'roll',
      description: 'Roll dice',
      usage: '/roll 2d6',
      examples: ['roll two dice', 'throw a die'],
    },
    { name: 'flip', description: 'Flip a coin', examples: ['flip a coin', 'heads or tails'] },
  ],
}

export const CHATBOT: PluginSummary = {
  name: 'ai_chatbot',
  description: 'Answers what no other plugin took',
  commands: [{ name: 'new', description: 'Start a new chat', examples: ['start a new conversation'] }],
}

export function createDirectory(...plugins: PluginSummary[]): AssistantDirectory {
  return { name: 'Ada', plugins: () => plugins }
}
