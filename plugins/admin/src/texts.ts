import type { AdminParty } from '@pluggram/sdk'

/** What owners read about people. */
export const TEXTS = {
  unknownName: (name: string) =>
    `I don't know ${name}. I know people by their @name once they have written to me. Use an ID instead.`,
  unknownAuthor: "I can't see who wrote that message. Use an ID: /users lists recent people.",
  noId: 'Add the ID of a user or group, for example 12345, or a @name, or reply to a message. /users lists recent people.',
  nobody: 'Nobody has written to me yet. To let somebody in, use /allow with their ID.',
  more: (count: number) => `… and ${count} more`,
  inConfig: '(config.json)',
  roles: {
    owner: 'owner',
    trusted: 'trusted',
    allowed: 'allowed',
    blocked: 'blocked',
    unknown: 'not decided',
  } satisfies Record<AdminParty['standing'], string>,
} as const
