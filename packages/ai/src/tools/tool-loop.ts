import { AiError, isPluggramError } from '@pluggram/sdk'
import type { Logger, TextEnd } from '@pluggram/sdk'
import type { PluginRegistry } from '@pluggram/sdk/runtime'
import type { ModelMessage } from 'ai'
import { TEXTS } from '../texts.ts'
import { offerTools, toolsFor, toToolSet } from './offered-tools.ts'
import type { OfferedTool } from './offered-tools.ts'
import type { ToolCaller, CallAnswer } from './tool-caller.ts'
import { picturesMessage } from './tool-pictures.ts'
import type { ToolSettings } from './tool-settings.ts'
import type { ModelCall, StreamStep } from './tool-step.ts'
import { StepsUsage } from './steps-usage.ts'
import type { ToolRequest, Turns } from './turn.ts'
import type { ResumedTurn, WaitingTurns } from './waiting-turns.ts'

export interface ToolLoopOptions {
  /** The plugins that are on in a chat. */
  readonly registry: (chatId: number) => PluginRegistry
  readonly settings: () => ToolSettings
  readonly caller: ToolCaller
  readonly turns: Turns
  readonly waiting: WaitingTurns
  /** Time limit for the whole answer, including tool calls. */
  readonly totalSeconds: () => number
  readonly logger: Logger
}

/**
 * Answers with tools. A step is one request to the model; its calls are checked and made, and the
 * next step gets the results. After the owner's limit of rounds, the model must write its answer.
 *
 *   step ──text──▶ done
 *     │ ▲
 *   calls └── results, at most `max_rounds` times; then one step without tools
 */
export class ToolLoop {
  readonly #options: ToolLoopOptions
  readonly #told = new Set<string>()

  constructor(options: ToolLoopOptions) {
    this.#options = options
  }

  /** @throws AiError `ai-timeout` after the total time limit; errors of the model's requests */
  async *stream(request: ToolRequest, streamStep: StreamStep): AsyncGenerator<string> {
    const total = this.#options.totalSeconds()
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(tooLong(total)), total * 1_000)
    const signals = [controller.signal, request.signal, request.context.signal]
    const signal = AbortSignal.any(signals.filter((item) => item !== undefined))
    try {
      yield* this.#steps({ ...request, signal, context: { ...request.context, signal } }, streamStep, signal)
    } finally {
      clearTimeout(timer)
      // a reader that leaves early cancels the tools as well
      controller.abort(new AiError('ai-unavailable', 'The answer was given up.'))
    }
  }

  /** Says once which tools are left out. */
  #tellLeftOut(leftOut: readonly string[]): void {
    for (const problem of leftOut) {
      if (this.#told.has(problem)) continue
      this.#told.add(problem)
      this.#options.logger.warn(`tool ${problem}; it is not offered to models`)
    }
  }

  async *#steps(request: ToolRequest, streamStep: StreamStep, signal: AbortSignal): AsyncGenerator<string> {
    const { registry, settings, caller, turns, waiting, logger } = this.#options
    if (await waiting.isWaiting(request.context)) return request.onEnd?.(WAITS)
    const resumed = await waiting.resume(request.context)
    const { tools, leftOut } = offerTools(registry(request.context.chat.id))
    this.#tellLeftOut(leftOut)
    const {
      guard,
      request: { onEnd: tellEnd, ...base },
    } = await turns.begin(request, {
      strangers: strangersAmong(tools),
      earlier: resumed && resultsOf(resumed),
    })
    // a person decided about a call that changes something
    if (resumed) guard.hasActed = true
    const usage = new StepsUsage()
    const toolSet = toToolSet(toolsFor(request.context.role, tools))
    const { maxRounds } = settings()
    const made = new Map<string, number>()
    const messages: ModelMessage[] = resumed ? [...resumed.steps, toMessage(resumed.answers)] : []
    const results: string[] = resumed ? [...resultsOf(resumed)] : []
    let hasTools = Object.keys(toolSet).length > 0 && maxRounds > 0
    let hasText = false
    for (let round = 0; ; round++) {
      const mayCall = round < maxRounds && hasTools
      let calls: readonly ModelCall[] = []
      const onEnd = (own: readonly ModelCall[], said: readonly ModelMessage[]): void => {
        calls = own
        messages.push(...said)
      }
      let isSilent = true
      try {
        for await (const text of streamStep({
          ...base,
          onEnd: (end) => usage.add(end),
          ...(hasTools && { step: { messages: [...messages], tools: toolSet, mayCall, onEnd } }),
        })) {
          if (isSilent && hasText) yield '\n\n'
          isSilent = false
          hasText = true
          yield text
        }
      } catch (error) {
        // the tools may be what makes a request too long
        if (!isTooLong(error) || !hasTools || hasText || round > 0) throw error
        logger.warn('The request is too long for the language model; it is asked again without tools')
        hasTools = false
        continue
      }
      if (calls.length === 0 || !mayCall) {
        if (isSilent || calls.length > 0) yield `${hasText ? '\n\n' : ''}${gaveUp(maxRounds)}`
        return usage.tell(tellEnd, guard)
      }
      const { context, mayWait = false, plugin = '' } = request
      let answers = await caller.callAll({ calls, tools, guard, made, context, mayWait })
      signal.throwIfAborted()
      if (answers.some(({ waitsFor }) => waitsFor)) {
        const sofar = {
          plugin,
          context,
          steps: messages,
          results: [...results, ...resultsOf({ answers })],
          answers,
        }
        const decided = await waiting.wait(sofar)
        if (!decided) {
          const { isForeign, isLed, hasActed } = guard
          return usage.tell(tellEnd, { isForeign, isLed, hasActed, reason: 'waiting' })
        }
        answers = decided
        for (const text of resultsOf({ answers })) guard.sawResult(text)
      }
      results.push(...resultsOf({ answers }))
      await turns.sawResults(
        request.context,
        answers.flatMap(({ result }) => result ?? []),
      )
      messages.push(toMessage(answers), ...picturesMessage(answers))
    }
  }
}

/** The plugins whose tools are described in words that the owner has not read. */
function strangersAmong(tools: ReadonlyMap<string, OfferedTool>): ReadonlySet<string> {
  const foreign = [...tools.values()].filter(({ tool }) => tool.isDescriptionForeign === true)
  return new Set(foreign.map(({ plugin }) => plugin.descriptor.name))
}

/** The end of a try that finds its answer waiting already. */
const WAITS: TextEnd = {
  model: '',
  usage: { inputTokens: 0, outputTokens: 0 },
  reason: 'waiting',
  isForeign: true,
}

/** What tools gave. */
function resultsOf({ answers, results = [] }: Partial<ResumedTurn> & Pick<ResumedTurn, 'answers'>): string[] {
  return [...results, ...answers.flatMap(({ result }) => result ?? [])]
}

function toMessage(answers: readonly CallAnswer[]): ModelMessage {
  return {
    role: 'tool',
    content: answers.map(({ call, text }) => ({
      type: 'tool-result',
      toolCallId: call.id,
      toolName: call.name,
      output: { type: 'text', value: text },
    })),
  }
}

function isTooLong(error: unknown): boolean {
  return isPluggramError(error) && error.code === 'ai-too-long'
}

function gaveUp(rounds: number): string {
  return TEXTS.usedToolsInVain(rounds === 1 ? 'once' : `${rounds} times`)
}

function tooLong(seconds: number): AiError {
  return new AiError(
    'ai-timeout',
    `The model and its tools did not finish within ${seconds} s. Try again, or raise ai.timeouts.total_seconds in config.json.`,
    { isRetryable: true },
  )
}
