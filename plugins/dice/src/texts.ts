/** What people read in chats. */
export const TEXTS = {
  whichDiceTryD: 'Which dice? Try 2d6+1.',
  rollTooLongTry: 'That roll is too long. Try 2d6+1.',
  mostPartsCanAdded: (maxTerms: number) => `A roll can have at most ${maxTerms} parts.`,
  addLeastOneDie: 'Add at least one die, for example 2d6+1.',
  thatsTooManyDice: (maxDice: number) => `That's too many dice. The maximum is ${maxDice}.`,
  numbersGoUp: (maxNumber: number) => `Numbers go up to ${maxNumber}.`,
  dieHasSidesNot: (maxSides: number, number: number) => `A die has 2 to ${maxSides} sides, not ${number}.`,
  isntDiceRollTry: (shown: string) => `“${shown}” isn't a dice roll. Try 2d6+1, d20 or 3d6-2.`,
  rollAgain: '🎲 Roll again',
} as const
