/** What people read in chats. */
export const TEXTS = {
  runningMb: (time: string, megabytes: number) => `Running for ${time}, ${megabytes} MB.`,
  messagesFailedWaitingNot: (
    messages: number | string,
    failed: string | number,
    waiting: string | number,
    unsent: string | number,
  ) => `Messages: ${messages}, failed: ${failed}, waiting: ${waiting}, not sent yet: ${unsent}.`,
  pluginTookAverageTelegram: (average: string, slowDowns: number) =>
    `A plugin took ${average} on average; Telegram asked to slow down ${slowDowns} times.`,
  onlyOwnerCanSee: 'Only the owner can see the statistics.',
} as const
