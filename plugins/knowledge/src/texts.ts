/** What people read in chats. */
export const TEXTS = {
  documentsSayNothingAbout: 'The documents say nothing about that. /documents lists them.',
  noAiModelConnected: 'No AI model is connected, so here is what the documents say:',
  aiServiceIsntResponding: "The AI service isn't responding, so here is what the documents say:",
  alsoRead: 'Also read',
  documentAlreadyDeleted: 'That document is already deleted.',
  onlyOwnerPersonWho: 'Only the owner or the person who added it can delete it.',
  noDocumentsYetSend: 'No documents yet. Send me a file with the caption /learn.',
  documents: (lines: string) => `Documents:\n${lines}`,
  nothingFoundDocuments: 'Nothing was found in the documents.',
  addQuestionExampleAsk: 'Add your question, for example /ask When do you open?',
  alreadySaved: '📚 Already saved',
  saved: '📚 Saved',
  whoCanAsk: (note: string, title: string, count: string, scope: string) =>
    `${note}: “${title}” (${count}). Who can ask about it: ${scope}. Use /ask.`,
  cantLearn: (message: string) => `I can't learn that. ${message}`,
  couldNotDownloadFile: 'I could not download the file from Telegram. Please send it again.',
  readTextMarkdownHtml: 'I read text, Markdown, HTML and PDF files.',
  overMb: 'It is over 20 MB.',
  haveReachedMaximumDocuments: (count: number) =>
    `You have reached the maximum of ${count} documents. Delete some with /documents.`,
  tooLongSendSeveral: 'It is too long. Send it in several parts.',
  containsNoTextCannot: 'It contains no text. I cannot read scanned PDFs.',
  containsNoText: 'It contains no text.',
  takesTooLongRead: 'It takes too long to read.',
  cannotReadMayDamaged: 'It cannot be read. It may be damaged or password-protected.',
} as const
