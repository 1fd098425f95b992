import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode, MessageContext } from '@pluggram/sdk'

const TEXTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'ai-unavailable':
    'The language model does not answer: its server has a fault or cannot be reached. Please try again in a moment.',
  'ai-overloaded':
    'The provider of the language model takes no more requests for now. Please try again in a minute.',
  'ai-empty': 'The language model had nothing to say. Please try again, or in other words.',
  'ai-busy':
    'I am still busy with your other messages. Please wait for their answers, or end one with /stop.',
  'ai-limit': 'What may be used of the language model is used up for now. /usage shows when it starts anew.',
  'ai-timeout': 'The language model took too long. Please try again.',
  'ai-refused': 'The language model refused this. Try other words, or send /new to start over.',
  'ai-too-long':
    'This conversation is too long for the language model. Send /new to start over, or write something shorter.',
  'ai-filtered': 'The provider of the language model does not let it answer this. Try other words.',
  'ai-misconfigured':
    'The language model is not set up correctly. The owner finds the reason in the log; other commands work.',
}

/** Failures that may be over by the next try. */
const MAY_PASS: ReadonlySet<ErrorCode> = new Set([
  'ai-unavailable',
  'ai-overloaded',
  'ai-empty',
  'ai-busy',
  'ai-timeout',
])

/** Whether the same question may be answered when it is asked again. */
export function mayPass(error: unknown): boolean {
  return isPluggramError(error) && MAY_PASS.has(error.code)
}

/**
 * What a user reads about a failure of the model; `undefined` for any other failure. It contains no
 * addresses and no keys. In their private chat, owners also read what to fix.
 */
export function friendlyError(
  error: unknown,
  context?: Pick<MessageContext, 'chat' | 'role'>,
): string | undefined {
  if (!isPluggramError(error)) return undefined
  const isForOwner = context?.role === 'owner' && context.chat.type === 'private'
  return isForOwner && error.code === 'ai-misconfigured' ? error.message : TEXTS[error.code]
}
