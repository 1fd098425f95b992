/** What people read in chats. */
export const TEXTS = {
  mayUse: (who: string, tool: string, effect: string) => `🔐 ${who}, may I use ${tool}? ${effect}`,
  validOnce: (duration: string) => `Valid for ${duration}, once.`,
  approve: '✅ Approve',
  refuse: '❌ Refuse',
  questionIsGone: 'That question is not known any more. Ask again.',
  onlyOwnerOrPerson: (who: string) => `Only ${who} or an owner of the assistant may decide that.`,
  refusedByPerson: 'A person refused it.',
  refused: (who: string) => `❌ Refused by ${who}.`,
  tooLate: '⌛ Too late: the time to approve it is over. Ask again.',
  toolHasChanged: '⚠️ The tool is gone or was changed since. Ask again.',
  forRoleOnly: (id: string, role: string) => `${id} is for ${role} users only.`,
  approved: (who: string) => `✅ Approved by ${who}.`,
  done: (id: string) => `✅ ${id} is done.`,
  approvedButFailed: (id: string) => `⚠️ ${id} was approved, but failed.`,
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
