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
  asksAgain: '🔐 I ask every time again.',
  questionIsGone: 'That question is not known any more. Ask again.',
  onlyOwnerOrPerson: (who: string) => `Only ${who} or an owner of the assistant may decide that.`,
  refusedByPerson: 'A person refused it.',
  refused: (who: string) => `❌ ${who} said no.`,
  tooLate: '⌛ Too late: the time to approve it is over. Ask again.',
  toolHasChanged: '⚠️ The tool is gone or was changed since. Ask again.',
  forRoleOnly: (id: string, role: string) => `${id} is for ${role} users only.`,
  approved: (who: string) => `✅ Allowed once by ${who}.`,
  done: (tool: string) => `✅ Done: ${tool}`,
  approvedButFailed: (tool: string) => `⚠️ That was allowed, but failed: ${tool}`,
  endedMeanwhile: (of: string) =>
    `The assistant was ended while ${of} ran: nobody knows whether it was done. It is not tried again by itself.`,
  decidedAlready: (of: string) => `${of}: that was decided already.`,
  changesWhatIsKept:
    'It changes what is kept for you, and the assistant has read text from elsewhere before it asked for this.',
  hasEffectAfterReading:
    'It has an effect outside of this chat, and the assistant has read text from elsewhere before it asked for this.',
  hasEffectOutside: 'It has an effect outside of this chat.',
  usesUnknownAddress: (address: string) => `It uses an address that nobody wrote here: ${address}`,
} as const
