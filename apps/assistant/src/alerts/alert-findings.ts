import type { Found } from '@pluggram/observability'

/** Nobody would be told. */
export const NOBODY: Found = {
  id: 'alerts.nobody',
  severity: 'warning',
  what: 'Nobody is told when something does not work.',
  why: 'The assistant has no owner yet.',
  fix: 'Send /pair to the bot, with the code that pluggram start prints; or set access.owners in config.json.',
}

export function undelivered(userId: number): Found {
  return {
    id: `alerts.undelivered:${userId}`,
    severity: 'warning',
    what: `The last alert could not be delivered to the user ${userId}.`,
    why: 'Mostly they have blocked the bot, or never wrote to it.',
    fix: 'They start the bot in Telegram and send /alerts. Or change alerts.to in config.json.',
  }
}
