import { runWithDeadline } from '@pluggram/base'
import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { Logger, ModelFile } from '@pluggram/sdk'
import { recorded } from '@pluggram/sdk/runtime'
import type { CallContext, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import type { OfferedTool } from './offered-tools.ts'
import { PictureResult } from './tool-pictures.ts'
import { resultText } from './untrusted-data.ts'
import { oneVisibleLine } from './visible-text.ts'

/** Calls a plugin's tool. Whoever provides this function must guard every call. */
export type CallTool = (
  plugin: RunnablePlugin,
  question: Question<'tool'>,
  signal: AbortSignal,
) => Promise<unknown>

export interface RunCallOptions {
  readonly callTool: CallTool
  readonly offered: OfferedTool
  readonly args: unknown
  readonly context: CallContext
  readonly timeoutSeconds: number
  readonly logger: Logger
}

/** After its deadline, a tool has this long to stop by itself. Then it is no longer awaited. */
const GRACE_MS = 1_500
const MAX_ERROR_CHARACTERS = 500

/** A call's result, or an error message that is safe to show. */
export type CallResult =
  | { readonly isDone: true; readonly text: string; readonly pictures?: readonly ModelFile[] }
  | { readonly isDone: false; readonly error: string }

/**
 * Calls a tool within its deadline.
 * @throws only the abort reason of `context.signal`
 */
export async function runCall(options: RunCallOptions): Promise<CallResult> {
  const { callTool, offered, args, context, timeoutSeconds, logger } = options
  const { id, plugin, tool } = offered
  try {
    context.signal.throwIfAborted()
    const result = await recorded('tool', id, () =>
      runWithDeadline((signal) => callTool(plugin, { name: tool.name, input: args, context }, signal), {
        limitMs: timeoutSeconds * 1_000,
        graceMs: GRACE_MS,
        createError: () =>
          new PluggramError('plugin-timeout', `${id} did not end within ${timeoutSeconds} s.`),
        signal: context.signal,
        leavesOnAbort: true,
      }),
    )
    if (result instanceof PictureResult) return { isDone: true, text: result.text, pictures: result.pictures }
    return { isDone: true, text: resultText(result) }
  } catch (error) {
    context.signal.throwIfAborted()
    logger.warn(`The tool ${id} failed: ${errorMessage(error)}`, { tool: id, err: error })
    return { isDone: false, error: errorFor(id, error) }
  }
}

/** Passes on only the messages of our own errors; other errors may contain anything. */
function errorFor(id: string, error: unknown): string {
  return isPluggramError(error)
    ? oneVisibleLine(error.message, MAX_ERROR_CHARACTERS)
    : `${id} failed. Details are in the log.`
}
