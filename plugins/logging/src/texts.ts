/** What people read in chats. */
export const TEXTS = {
  onlyShowJournalOur: 'I only show the journal in our private chat.',
  noMatchingEntries: 'No matching entries.',
  newestEntriesFileWould: (count: number) =>
    `Only the newest ${count} entries: the whole journal is too large for a file.`,
  whoseEntriesUseJournal: 'Whose entries? Use /journal forget 42 or /journal forget all.',
  deletedEntries: (count: number) => `Deleted ${count} entries.`,
} as const
