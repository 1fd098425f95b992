/** What people read in chats. */
export const TEXTS = {
  onlyOwner: '⚠️ Only the owner can do that.',
  onlyTrusted: '⚠️ Only the owner and trusted people can do that.',
} as const
