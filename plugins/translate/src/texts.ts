/** What people read in chats. */
export const TEXTS = {
  already: (name: string) => `That is already ${name}.`,
  stopped: 'I no longer translate messages here.',
  alreadyOff: 'It was already off.',
  dontKnowLanguageTry: "I don't know that language. Try /translate auto german.",
  willTranslate: (name: string) =>
    `I'll translate messages in other languages into ${name}. Stop with /translate auto off.`,
  notLanguageKnowTry: (named: string) => `I don't know the language “${named}”. Try German or de.`,
  translationNeedsAiModel:
    'Translation needs an AI model, and none is connected yet. Owner: see docs/guides/ai.md.',
  tooLong: (maxCharacters: number) =>
    `That's too long. I can translate up to ${maxCharacters} characters at a time.`,
  noTranslation: 'The AI model returned no translation. Try again.',
  aiModelNotSet: 'The AI model is not set up correctly. The owner has to fix it.',
  aiServiceIsntResponding: "The AI service isn't responding. Try again in a minute.",
  aiModelDidNot: 'The AI model did not translate that. Try rephrasing it.',
} as const
