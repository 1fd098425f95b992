import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode } from '@pluggram/sdk'

const TEXTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'ai-unavailable': 'The language model cannot be reached right now. Please try again in a moment.',
  'ai-busy':
    'I am still busy with your other messages. Please wait for their answers, or end one with /stop.',
  'ai-limit': 'What may be used of the language model is used up for now. /usage shows when it starts anew.',
  'ai-timeout': 'The language model took too long. Please try again.',
  'ai-refused': 'The language model refused this. Try other words, or send /new to start over.',
  'ai-misconfigured':
    'The language model is not set up correctly. The owner finds the reason in the log; other commands work.',
}

/** What a user reads about a failure of the model; `undefined` for any other failure. Addresses and keys stay out. */
export function friendlyError(error: unknown): string | undefined {
  return isPluggramError(error) ? TEXTS[error.code] : undefined
}
