import { z } from '@pluggram/sdk'
import type { Question } from './form-definition.ts'

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
  if (text === '') throw new AnswerError('Please answer in words.')
  switch (question.type) {
    case 'number':
      return parseNumber(question, text)
    case 'email':
      if (z.email().safeParse(text).success) return text
      throw new AnswerError("That doesn't look like an email address. Try ann@example.com.")
    case 'date':
      if (z.iso.date().safeParse(text).success) return text
      throw new AnswerError('Please write the date as YYYY-MM-DD, for example 2026-12-31.')
    case 'yes_no':
      if (YES.test(text)) return true
      if (NO.test(text)) return false
      throw new AnswerError('Please answer yes or no.')
    case 'choice':
      return parseChoice(question, text)
    case 'text':
      if (text.length <= question.max_length) return text
      throw new AnswerError(`That's too long. The maximum is ${question.max_length} characters.`)
  }
}

function parseNumber({ min, max }: Question, text: string): number {
  const value = /^[+-]?\d{1,15}(?:[.,]\d{1,10})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
  if (Number.isNaN(value)) throw new AnswerError('Please enter a number.')
  if (min !== undefined && value < min) throw new AnswerError(`Please enter at least ${min}.`)
  if (max !== undefined && value > max) throw new AnswerError(`Please enter at most ${max}.`)
  return value
}

function parseChoice({ choices = [] }: Question, text: string): string {
  const choice = choices.find((item) => item.toLowerCase() === text.toLowerCase())
  if (choice === undefined) throw new AnswerError('Please tap one of the buttons.')
  return choice
}

/** An answer as text. */
export function showAnswer(answer: Answer | undefined): string {
  if (answer === null || answer === undefined) return '–'
  return typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : String(answer)
}
