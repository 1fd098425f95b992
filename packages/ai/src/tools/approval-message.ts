import type { Reply } from '@pluggram/sdk'
import { TEXTS } from '../texts.ts'
import type { Approval } from './approval-record.ts'
import { plainName, pluginTitle } from './plugin-title.ts'
import { escapedText, oneVisibleLine } from './visible-text.ts'

/** Nobody would read more than a screen of arguments before pressing the button. */
export const MAX_SHOWN_ARGUMENTS = 3_000

/** Words on one line that cannot look like two lines. */
const PLAIN = /^[\p{L}\p{N}](?:[^\p{C}\p{Z}"\\]| (?! ))*$/u
const MAX_PLAIN = 60

/**
 * The complete arguments as shown for approval, one a line, with hidden characters escaped. Only plain
 * words have no quotes, so that no value passes for another argument.
 */
export function shownArguments(args: unknown): string {
  const isList = typeof args === 'object' && args !== null && !Array.isArray(args)
  const lines = isList
    ? Object.entries(args).map(([key, value]) => `${shownKey(key)}: ${shownValue(value)}`)
    : [shownValue(args ?? null)]
  return escapedText(lines.length === 0 ? TEXTS.noDetails : lines.join('\n'))
}

function shownKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
}

function shownValue(value: unknown): string {
  const isPlain = typeof value === 'string' && value.length <= MAX_PLAIN && PLAIN.test(value)
  if (isPlain) return value
  return JSON.stringify(value, null, 2) ?? 'null'
}

/**
 * The question with its buttons. The arguments are formatted as code, so that they cannot pass for
 * our text.
 */
export function approvalQuestion(
  approval: Approval,
  {
    reason,
    seconds,
    isGrantable,
  }: { readonly reason: string; readonly seconds: number; readonly isGrantable: boolean },
): Reply {
  const { id, fingerprint, userName } = approval
  const key = `${id}:${fingerprint.slice(0, 8)}`
  const head = TEXTS.mayDo(oneVisibleLine(userName, 64), shownTool(approval))
  const foot = `${oneVisibleLine(reason, 300)} ${TEXTS.validFor(duration(seconds))}`
  const always = isGrantable ? [{ text: TEXTS.always, data: `always:${key}` }] : []
  return withCode(head, shownArguments(approval.args), foot, [
    [{ text: TEXTS.allowOnce, data: `yes:${key}` }, ...always, { text: TEXTS.no, data: `no:${key}` }],
  ])
}

/** The message that replaces the question once it is settled. */
export function settledQuestion(
  approval: Approval,
  outcome: string,
  buttons: NonNullable<Reply['buttons']> = [],
): Reply {
  return withCode(`🔐 ${shownTool(approval)}`, shownArguments(approval.args), outcome, buttons)
}

/** What a tool does and whose it is, for people. */
export function shownTool({ plugin, tool, title = pluginTitle({ name: plugin }) }: Approval): string {
  return TEXTS.toolOf(plainName(tool), title)
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
