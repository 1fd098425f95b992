/** What people read in chats. */
export const TEXTS = {
  tooComplex: 'That page is too complex to read.',
  didNotAnswerWithin: (host: string, seconds: number) => `${host} did not answer within ${seconds} seconds.`,
  answeredStatus: (host: string, status: number) => `${host} answered with the status ${status}.`,
  notWebPage: (mediaType: string) => `That isn't a web page, but “${mediaType}”.`,
  tooLarge: (round: number) => `That page is too large. The maximum is ${round} KB.`,
  notPublic: (host: string) => `I can't read ${host}: it is not on the public internet.`,
  isntResponding: (host: string) => `${host} isn't responding.`,
  whichPage: 'Which page? For example: /read https://example.com',
  addressTooLong: 'That address is too long.',
  notAnAddress: "That isn't the address of a web page.",
  hasPassword: 'That address contains a name or password. Use one without.',
  beginningOnly: (beginning: string) =>
    `${beginning}\n\n(This is the start of the page. A summary needs an AI model, and none is connected.)`,
  noSummary: 'The AI model returned no summary. Try again.',
  noAnswerOfModel: "I read the page, but the AI service isn't responding. Try again in a minute.",
  openPage: '🔗 Open the page',
  noTextFound: 'I found no text on that page. It may only work in a browser.',
} as const
