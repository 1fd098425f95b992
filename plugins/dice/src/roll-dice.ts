import { randomInt } from 'node:crypto'
import type { DiceNotation, Term } from './dice-notation.ts'

/** One throw. */
export interface Roll {
  readonly notation: DiceNotation
  /** The faces, term by term; a fixed number is its own face. */
  readonly faces: readonly (readonly number[])[]
  readonly total: number
}

/** Returns a number from 1 to `sides`. */
export type Die = (sides: number) => number

const fairDie: Die = (sides) => randomInt(1, sides + 1)

/** Throws the dice; every face is equally likely. */
export function rollDice(notation: DiceNotation, die: Die = fairDie): Roll {
  const faces = notation.terms.map((term) =>
    term.kind === 'number' ? [term.value] : Array.from({ length: term.count }, () => die(term.sides)),
  )
  const total = notation.terms.reduce(
    (sum, term, index) => sum + term.sign * (faces[index] ?? []).reduce((a, b) => a + b, 0),
    0,
  )
  return { notation, faces, total }
}

/** `🎲 2d6+1: (4 + 2) + 1 = 7`; a single die needs no sum. */
export function describeRoll({ notation, faces, total }: Roll): string {
  const parts = notation.terms.map((term, index) => describeTerm(term, faces[index] ?? [], index === 0))
  const sum = parts.join(' ')
  return sum === String(total) ? `🎲 ${notation.text}: ${total}` : `🎲 ${notation.text}: ${sum} = ${total}`
}

function describeTerm(term: Term, faces: readonly number[], isFirst: boolean): string {
  const sign = term.sign === -1 ? '− ' : isFirst ? '' : '+ '
  return sign + (faces.length > 1 ? `(${faces.join(' + ')})` : String(faces[0] ?? 0))
}
