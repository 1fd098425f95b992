import type { Reply } from '@pluggram/sdk'
import type { Approval } from './approval-record.ts'
import { escapedText, oneVisibleLine } from './visible-text.ts'

/** Arguments that fill more than a screen are not read before the button is pressed. */
export const MAX_SHOWN_ARGUMENTS = 3_000

/** The arguments as a person approves them: all of them, hidden characters written out. */
export function shownArguments(args: unknown): string {
  return escapedText(JSON.stringify(args ?? {}, null, 2))
}

/** The question, with its buttons. The arguments stand in it as code, so that nothing in them can look like our words. */
export function approvalQuestion(approval: Approval, reason: string, seconds: number): Reply {
  const { id, fingerprint, userName } = approval
  const key = `${id}:${fingerprint.slice(0, 8)}`
  const head = `🔐 ${oneVisibleLine(userName, 64)}, may I use ${nameOf(approval)}? ${oneVisibleLine(reason, 300)}`
  return withCode(head, shownArguments(approval.args), `Valid for ${duration(seconds)}, once.`, [
    [
      { text: '✅ Approve', data: `yes:${key}` },
      { text: '❌ Refuse', data: `no:${key}` },
    ],
  ])
}

/** What stands in place of the question when it is settled. */
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
