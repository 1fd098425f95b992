import { TEXTS } from './texts.ts'

/** One term of a notation: a number of dice with a number of sides, or a fixed number. */
export type Term =
  | { readonly kind: 'dice'; readonly sign: 1 | -1; readonly count: number; readonly sides: number }
  | { readonly kind: 'number'; readonly sign: 1 | -1; readonly value: number }

/** The parsed form of a notation such as `2d6+1`. */
export interface DiceNotation {
  /** Normalised: `1d6` for `D6`, without blanks. Short enough for a button's data. */
  readonly text: string
  readonly terms: readonly Term[]
}

/** A message for a user about a notation that cannot be rolled. */
export class NotationError extends Error {}

const MAX_CHARACTERS = 40
const MAX_TERMS = 10
const MAX_SIDES = 1_000
const MAX_NUMBER = 10_000
const TERM = /^(?:(?<count>\d{0,6})d(?<sides>\d{1,6})|(?<value>\d{1,6}))$/

/**
 * Parses dice notation as role players write it: `d20`, `2d6+1`, `3d6 - d4 + 2`.
 * @throws NotationError
 */
export function parseDice(input: string, maxDice: number): DiceNotation {
  const compact = input.toLowerCase().replaceAll(/\s+/g, '')
  if (compact === '') throw new NotationError(TEXTS.whichDiceTryD)
  if (compact.length > MAX_CHARACTERS) throw new NotationError(TEXTS.rollTooLongTry)
  const pieces = compact.match(/[+-]?[^+-]+/g)
  if (!pieces || pieces.join('') !== compact) throw notUnderstood(input)
  if (pieces.length > MAX_TERMS) throw new NotationError(TEXTS.mostPartsCanAdded(MAX_TERMS))
  const terms = pieces.map((piece) => parseTerm(piece, input))
  const dice = terms.reduce((sum, term) => sum + (term.kind === 'dice' ? term.count : 0), 0)
  if (dice === 0) throw new NotationError(TEXTS.addLeastOneDie)
  if (dice > maxDice) throw new NotationError(TEXTS.thatsTooManyDice(maxDice))
  return { text: formatTerms(terms), terms }
}

function parseTerm(piece: string, input: string): Term {
  const sign = piece.startsWith('-') ? -1 : 1
  const groups = TERM.exec(piece.replace(/^[+-]/, ''))?.groups
  if (!groups) throw notUnderstood(input)
  const { count, sides, value } = groups
  if (sides === undefined) {
    if (Number(value) > MAX_NUMBER) throw new NotationError(TEXTS.numbersGoUp(MAX_NUMBER))
    return { kind: 'number', sign, value: Number(value) }
  }
  if (Number(sides) < 2 || Number(sides) > MAX_SIDES) {
    throw new NotationError(TEXTS.dieHasSidesNot(MAX_SIDES, Number(sides)))
  }
  return { kind: 'dice', sign, count: count === '' ? 1 : Number(count), sides: Number(sides) }
}

function notUnderstood(input: string): NotationError {
  const shown = input.trim().slice(0, MAX_CHARACTERS)
  return new NotationError(TEXTS.isntDiceRollTry(shown))
}

function formatTerms(terms: readonly Term[]): string {
  return terms
    .map((term, index) => {
      const sign = term.sign === -1 ? '-' : index === 0 ? '' : '+'
      return sign + (term.kind === 'dice' ? `${term.count}d${term.sides}` : String(term.value))
    })
    .join('')
}
