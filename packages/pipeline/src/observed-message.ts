import type { ObservedMessage } from '@pluggram/sdk'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { parseCallbackData } from './callback-data.ts'
import type { DispatchReport } from './dispatcher.ts'

const MAX_TEXT = 4_096

/** An update and its outcome, for observers. */
export function toObserved(update: IncomingUpdate, report: DispatchReport, seconds: number): ObservedMessage {
  const { kind, chat, user, message } = update
  return {
    kind,
    chat,
    user,
    message,
    ...(update.kind === 'callback_query' && {
      callbackData: parseCallbackData(update.callback.data)?.data ?? update.callback.data,
    }),
    outcome: report.outcome === 'interrupted' ? 'unanswered' : report.outcome,
    ...(report.answeredBy !== undefined && { plugin: report.answeredBy }),
    answers: report.answers.map((text) => text.slice(0, MAX_TEXT)),
    seconds,
  }
}
