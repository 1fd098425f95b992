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
    `♾ Always allowed here by ${who}, as long as I have read nothing from elsewhere.`,
  askAgain: 'Ask me every time',
  asksAgain: "🔐 I'll ask every time again.",
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
    `The assistant stopped while ${of} was running, so the outcome is unknown. It is not tried again automatically.`,
  decidedAlready: (of: string) => `${of}: already decided.`,
  changesWhatIsKept:
    'It changes your saved data, and the assistant had read text from elsewhere before it asked.',
  hasEffectAfterReading:
    'It acts outside this chat, and the assistant had read text from elsewhere before it asked.',
  hasEffectOutside: 'It acts outside this chat.',
  usesUnknownAddress: (address: string) => `It uses an address that nobody wrote here: ${address}`,
  usedToolsInVain: (often: string) =>
    `I used tools ${often}, but found no answer. Ask for a smaller step, or rephrase it.`,
} as const
