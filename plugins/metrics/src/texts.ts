/** What people read in chats. */
export const TEXTS = {
  runningMb: (time: string, megabytes: number) => `Up ${time} · ${megabytes} MB`,
  messagesFailedWaitingNot: (
    messages: number | string,
    failed: string | number,
    waiting: string | number,
    unsent: string | number,
  ) => `${messages} messages · ${failed} failed · ${waiting} waiting · ${unsent} not sent yet`,
  pluginTookAverageTelegram: (average: string, slowDowns: number) =>
    `Plugins took ${average} on average · Telegram asked to slow down ${slowDowns} times`,
} as const
