import type { AiLedger } from '@pluggram/sdk/runtime'
import type { AssistantDirectory, Logger, PluginSummary } from '@pluggram/sdk'

export const SILENT_LOGGER: Logger = { debug() {}, info() {}, warn() {}, error() {} }

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
  commands: [
    { name: 'new', description: 'Start a new conversation', examples: ['start a new conversation'] },
  ],
}

export function createDirectory(...plugins: PluginSummary[]): AssistantDirectory {
  return { name: 'Ada', plugins: () => plugins }
}

/** A ledger in memory that refuses nothing. */
export function createOpenLedger(): AiLedger {
  const choices = new Map<string, string>()
  return {
    reserve: () => ({ id: 1 }),
    record() {},
    settle() {},
    used: () => ({ tokens: 0, micros: 0 }),
    choice: (kind, id) => choices.get(`${kind}:${id}`),
    choose(kind, id, model) {
      if (model === null) choices.delete(`${kind}:${id}`)
      else choices.set(`${kind}:${id}`, model)
    },
    moveChat() {},
  }
}
