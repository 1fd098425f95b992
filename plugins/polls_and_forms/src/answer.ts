import { z } from '@pluggram/sdk'
import type { Question } from './form-definition.ts'
import { TEXTS } from './texts.ts'

/** An answer as it is stored; `null` if the question was skipped. */
export type Answer = string | number | boolean | null

/** A message for a user about an answer that does not fit. */
export class AnswerError extends Error {}

const YES = /^(?:y|yes|yeah|true|1|ok|sure)$/i
const NO = /^(?:n|no|nope|false|0)$/i

/**
 * Parses a written answer to a question.
 * @throws AnswerError
 */
export function parseAnswer(question: Question, written: string): Answer {
  const text = written.trim()
  if (text === '') throw new AnswerError(TEXTS.pleaseAnswerWords)
  switch (question.type) {
    case 'number':
      return parseNumber(question, text)
    case 'email':
      if (z.email().safeParse(text).success) return text
      throw new AnswerError(TEXTS.doesntLookLikeEmail)
    case 'date':
      if (z.iso.date().safeParse(text).success) return text
      throw new AnswerError(TEXTS.pleaseWriteDateYyyy)
    case 'yes_no':
      if (YES.test(text)) return true
      if (NO.test(text)) return false
      throw new AnswerError(TEXTS.pleaseAnswerYesNo)
    case 'choice':
      return parseChoice(question, text)
    case 'text':
      if (text.length <= question.max_length) return text
      throw new AnswerError(TEXTS.thatsTooLongMaximum(question.max_length))
  }
}

function parseNumber({ min, max }: Question, text: string): number {
  const value = /^[+-]?\d{1,15}(?:[.,]\d{1,10})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
  if (Number.isNaN(value)) throw new AnswerError(TEXTS.pleaseEnterNumber)
  if (min !== undefined && value < min) throw new AnswerError(TEXTS.pleaseEnterLeast(min))
  if (max !== undefined && value > max) throw new AnswerError(TEXTS.pleaseEnterMost(max))
  return value
}

function parseChoice({ choices = [] }: Question, text: string): string {
  const choice = choices.find((item) => item.toLowerCase() === text.toLowerCase())
  if (choice === undefined) throw new AnswerError(TEXTS.pleaseTapOneButtons)
  return choice
}

/** An answer as text. */
export function showAnswer(answer: Answer | undefined): string {
  if (answer === null || answer === undefined) return '–'
  return typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : String(answer)
}
