/** What people read in chats. */
export const TEXTS = {
  mayDo: (who: string, tool: string) => `🔐 ${who}, may I do this? ${tool}`,
  toolOf: (tool: string, plugin: string) => `“${tool}” (${plugin})`,
  noDetails: '(no details)',
  validFor: (duration: string) => `You have ${duration} to decide.`,
  allowOnce: '✅ Allow once',
  always: '♾ Always here',
  no: '❌ No',
  allowedAlways: (who: string) =>
    `♾ Always allowed here by ${who}. I still ask when I've read text from elsewhere.`,
  askAgain: 'Ask me every time',
  asksAgain: "🔐 From now on I'll ask every time.",
  questionIsGone: 'I no longer know that question. Please ask again.',
  onlyOwnerOrPerson: (who: string) => `Only ${who} or the owner can decide that.`,
  refusedByPerson: 'A person refused it.',
  refused: (who: string) => `❌ ${who} said no.`,
  tooLate: '⌛ Too late to approve that. Please ask again.',
  toolHasChanged: '⚠️ The tool is gone or has changed. Please ask again.',
  approved: (who: string) => `✅ Allowed once by ${who}.`,
  done: (tool: string) => `✅ Done: ${tool}`,
  approvedButFailed: (tool: string) => `⚠️ That was allowed, but failed: ${tool}`,
  endedMeanwhile: (of: string) =>
    `I stopped while ${of} was running, so I don't know how it ended. I won't try it again by myself.`,
  decidedAlready: (of: string) => `${of}: already decided.`,
  changesWhatIsKept: "It changes your saved data, and I've read text from elsewhere in this answer.",
  hasEffectAfterReading: "It acts outside this chat, and I've read text from elsewhere in this answer.",
  hasEffectOutside: 'It acts outside this chat.',
  usesUnknownAddress: (address: string) => `It uses an address that nobody wrote here: ${address}`,
  usedToolsInVain: (often: string) =>
    `I used tools ${often}, but found no answer. Ask for a smaller step, or rephrase it.`,
} as const
