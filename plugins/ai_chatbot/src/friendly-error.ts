import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode, MessageContext } from '@pluggram/sdk'

const TEXTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'ai-unavailable': "The AI service isn't responding. Try again in a minute.",
  'ai-overloaded': 'The AI service is busy. Try again in a minute.',
  'ai-empty': 'The AI service returned an empty answer. Try again.',
  'ai-busy': "I'm still working on your other messages. Wait for them, or stop one with /stop.",
  'ai-limit': "You've reached the limit. /usage shows when it resets.",
  'ai-timeout': 'The AI service took too long. Try again.',
  'ai-refused': 'The AI service rejected that message. Try rephrasing it, or start over with /new.',
  'ai-too-long':
    'This conversation is too long for the AI model. Start over with /new, or send something shorter.',
  'ai-filtered': 'The AI service blocked the answer. Try rephrasing your message.',
  'ai-unowned':
    "I don't have an owner yet, so I don't use my AI model: it costs money. If I'm yours, send me /pair with the code from the terminal where you started me.",
  'ai-misconfigured':
    'The AI model is not set up correctly. The reason is in the log (owner only). Other commands work.',
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
