import type { ToolContext } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { TEXTS } from './texts.ts'
import { UserFacts } from './user-facts.ts'

/**
 * Lets the model store a fact. Each time, it says so in the chat: even if the model was tricked,
 * the user sees what is stored and can delete it.
 */
export async function rememberForModel(fact: string, context: ToolContext<Configuration>): Promise<string> {
  const { chat, user, config, services } = context
  if (config.facts !== 'on') return TEXTS.ownerTurnedOff
  // a call from outside a chat has no user
  if (chat.type !== 'private' || user.id === 0) return TEXTS.factsCanOnlySaved
  // without an approval, the model can call this only while it reads nothing but the user's own words
  const isForeign = context.callback !== undefined
  const outcome = await new UserFacts(services.store).add(user.id, fact, { by: 'model', isForeign })
  if ('fact' in outcome) {
    await context.reply({ text: TEXTS.saved(outcome.fact.text), silent: true })
    return 'Noted.'
  }
  return {
    empty: TEXTS.nothingSave,
    known: TEXTS.alreadySaved,
    full: TEXTS.listFactsFull,
  }[outcome.refused]
}
