/** What people read in chats. */
export const TEXTS = {
  questionsNeedDatabaseCannot: (name: string) =>
    `Questions only work on read-only databases, but ${name} is writable.`,
  longerThanCharacters: (maxQuestion: number) => `That's too long. The maximum is ${maxQuestion} characters.`,
  questionsPlainWordsNeed: 'Questions need an AI model, and none is connected.',
  tablesDoNotContain: 'The tables do not contain that.',
  whatShouldLookUp: 'What should I look up? Add it after the command.',
  addOneValueAfter: 'Add one value after the command.',
  addValuesAfterCommand: (wanted: number) => `Add ${wanted} values after the command.`,
  nothingFound: (value: string) => `Nothing found${value}.`,
  addQuestionAfterCommand: 'Add your question after the command.',
  nothingFoundInWords: 'Nothing found.',
  valueDoesNotFit: 'That value has the wrong type or is too large.',
  lookupFailed: 'The lookup failed.',
  databaseTookTooLong: 'The database took too long. The query was stopped.',
  resultTooLargeAsk: 'The result is too large. Ask for less.',
  databaseIsntResponding: "The database isn't responding.",
  aiServiceIsntResponding: "The AI service isn't responding. Try again in a minute.",
  databaseCouldNotAnswer: 'The database could not answer that. Try rephrasing it.',
  columnsAskFewer: (columns: number, count: number) =>
    `Showing ${columns} of ${count} columns. Ask for fewer.`,
} as const
