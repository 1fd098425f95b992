/** What people read in chats. */
export const TEXTS = {
  stopped: '⏹ Stopped.',
  endsHere: (reason: string) => `[The answer ends here: ${reason}]`,
  becauseStopped: 'stopped',
  becauseOfFault: 'something went wrong',
  fileLeftOut: 'A file was left out: Telegram refused it.',
} as const
