/** What people read in chats. */
export const TEXTS = {
  cannotLookedUp: 'That cannot be looked up here.',
  pleaseWrite: (commandUsage: string) => `Please write: ${commandUsage}`,
  partBracesNotJson: 'The part in braces is not JSON. For example: { "name": "Rex" }',
  didNotAnswerTime: (name: string) => `${name} did not answer in time.`,
  isntResponding: (name: string) => `${name} isn't responding.`,
  responseTooLong: (name: string) => `The response from ${name} is too long.`,
  answeredStatus: (name: string, status: number) => `${name} answered with the status ${status}.`,
  couldNotReadResponse: (name: string) => `I could not read the response from ${name}.`,
  answeredWebPageNot: (name: string) => `${name} answered with a web page, not with data.`,
  doneStatus: (status: number) => `Done (status ${status}).`,
  answerLongCharactersFile: (length: string) =>
    `The answer is long (${length} characters); here it is as a file.`,
  doesNotFitWhat: "The service's answer has another form than expected.",
} as const
