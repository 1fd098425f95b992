import { refusalFor } from '@pluggram/sdk'
import type { Role } from '@pluggram/sdk'

/** What people read in chats. */
export const TEXTS = {
  onlyRole: (role: Role) => `⚠️ ${refusalFor(role)}`,
  notShown: (pluginTitle: string) => `⚠️ The answer of ${pluginTitle} could not be shown.`,
  crashed: (pluginName: string) => `⚠️ ${pluginName} crashed and is restarting. Please try again.`,
  parked: (pluginName: string) =>
    `⚠️ ${pluginName} has been stopped after repeated crashes. Details are in the log.`,
  failed: (pluginName: string) => `⚠️ Something went wrong in ${pluginName}. Details are in the log.`,
  tookTooLong: (pluginName: string) => `⚠️ ${pluginName} took too long and was stopped. Please try again.`,
  refusedByTelegram: 'Telegram refused an answer, so I could not show it. Please ask again.',
  tooOld: 'This button is too old. Please ask again.',
  notYours: 'This button is for somebody else, or it is too old.',
  notRunning: 'The plugin behind this button is not running.',
} as const
