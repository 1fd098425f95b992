import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode, MessageContext } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

const ERRORS: Partial<Readonly<Record<ErrorCode, string>>> = TEXTS.errors

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
  return isForOwner && error.code === 'ai-misconfigured' ? error.message : ERRORS[error.code]
}
