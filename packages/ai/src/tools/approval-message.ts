import type { Reply } from '@pluggram/sdk'
import { TEXTS } from '../texts.ts'
import type { Approval } from './approval-record.ts'
import { escapedText, oneVisibleLine } from './visible-text.ts'

/** Nobody would read more than a screen of arguments before pressing the button. */
export const MAX_SHOWN_ARGUMENTS = 3_000

/** The complete arguments as shown for approval, with hidden characters escaped. */
export function shownArguments(args: unknown): string {
  return escapedText(JSON.stringify(args ?? {}, null, 2))
}

/**
 * The question with its buttons. The arguments are formatted as code, so that they cannot pass for
 * our text.
 */
export function approvalQuestion(approval: Approval, reason: string, seconds: number): Reply {
  const { id, fingerprint, userName } = approval
  const key = `${id}:${fingerprint.slice(0, 8)}`
  const head = TEXTS.mayUse(oneVisibleLine(userName, 64), nameOf(approval), oneVisibleLine(reason, 300))
  return withCode(head, shownArguments(approval.args), TEXTS.validOnce(duration(seconds)), [
    [
      { text: TEXTS.approve, data: `yes:${key}` },
      { text: TEXTS.refuse, data: `no:${key}` },
    ],
  ])
}

/** The message that replaces the question once it is settled. */
export function settledQuestion(approval: Approval, outcome: string): Reply {
  return withCode(`🔐 ${nameOf(approval)}`, shownArguments(approval.args), outcome, [])
}

export function nameOf({ plugin, tool }: Pick<Approval, 'plugin' | 'tool'>): string {
  return `${plugin}.${tool}`
}

function withCode(head: string, code: string, foot: string, buttons: NonNullable<Reply['buttons']>): Reply {
  return {
    text: `${head}\n\n${code}\n\n${foot}`,
    entities: [{ type: 'pre', offset: head.length + 2, length: code.length }],
    ...(buttons.length > 0 && { buttons }),
  }
}

function duration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`
}
