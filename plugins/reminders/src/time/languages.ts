import { ASIA } from './languages-of-asia.ts'
import { EUROPE } from './languages-of-europe.ts'
import type { TimeWords } from './time-words.ts'

/** The words of eleven languages; what they have in common with English is read as English. */
export const TIME_WORDS: Readonly<Record<string, TimeWords>> = { ...EUROPE, ...ASIA }
