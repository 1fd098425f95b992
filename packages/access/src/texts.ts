/** What people read about who may use the assistant. */
export const TEXTS = {
  private: 'This is a private bot.',
  privateWithId: (id: number) => `This is a private bot. To get access, send the owner your ID: ${id}`,
  ownerIsAsked:
    "This is a private bot. I've told the owner you'd like access. I'll answer as soon as they let you in.",
  codeExpired: 'This code has expired. Restart the assistant to get a new one.',
  addCode: 'Add the code from the terminal where you started me: /pair CODE',
  wrongCode: "Wrong code. You'll find it in the terminal where you started me.",
  paired: "You're now the owner.",
  whoMay: 'Who may use me?',
  whoMayIsFixed: (mode: string) => `Who may use me is set in config.json: access.mode is "${mode}".`,
  modes: { owners: 'Only me', listed: 'People I let in', everyone: 'Everyone' },
  modeNow: {
    owners: 'Only you may use me now.',
    listed: 'People you let in may use me. When somebody new writes, I ask you.',
    everyone: 'Everyone may use me now, except people you block. They use your AI model, too.',
  },
  knock: (who: string) => `${who} wants to talk to me.`,
  knockInGroup: (who: string, group: string) =>
    `${who} wrote to me in the group “${group}”. Allow the group?`,
  knockMany: 'More people want to talk to me.',
  allow: '✅ Allow',
  block: '⛔ Block',
  show: 'Show them',
  back: '« Back',
  nobody: 'Nobody is waiting.',
  waiting: 'These people want to talk to me:',
  allowed: (who: string) => `✅ ${who} may talk to me now.`,
  blocked: (who: string) => `⛔ ${who} is blocked. I'll ignore them.`,
  decidedAlready: (who: string, standing: string) => `${who} is ${standing} already.`,
  fixed: (who: string, standing: string) => `config.json says that ${who} is ${standing}. Change it there.`,
  tooOld: 'This button is too old. /users lists everybody who wrote.',
  forgetMeInPrivate: 'Send me /forget_me in our private chat.',
  forgetMeQuestion:
    'Delete everything I store about you: conversations, memories, documents, reminders and settings? This cannot be undone. Telegram keeps its own copy of our chat, and messages in groups stay there.',
  deleteEverything: '🗑 Delete everything',
  deleted: (done: string) => `Deleted: ${done}.`,
  nothingToDelete: 'There was nothing to delete.',
  notDeleted: (failed: string) =>
    `⚠️ Not deleted by: ${failed}. Try again later, or ask the owner to check the log.`,
} as const
