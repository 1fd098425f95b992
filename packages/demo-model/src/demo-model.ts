import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { LanguageModel } from 'ai'
import type { AssistantDirectory } from '@pluggram/sdk'
import type { DemoBrain } from './demo-brain.ts'
import { toDemoTool } from './demo-tool.ts'
import type { DemoAct, DemoTurn } from './demo-turn.ts'

/** A model as the AI SDK of this version defines it. */
type SdkLanguageModel = Extract<LanguageModel, { specificationVersion: 'v4' }>

type CallOptions = Parameters<SdkLanguageModel['doStream']>[0]
type StreamPart =
  Awaited<ReturnType<SdkLanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never
type GenerateResult = Awaited<ReturnType<SdkLanguageModel['doGenerate']>>

/**
 * Maximum number of chunks. Longer answers are written several words at a time, to limit the
 * pauses.
 */
const MAX_PIECES = 120

const USAGE: GenerateResult['usage'] = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

export interface DemoModelOptions {
  readonly directory: () => AssistantDirectory
  /** Pause between two words. Default 25. */
  readonly wordMilliseconds?: number
}

/**
 * The built-in model. It implements the AI SDK's interface, but answers from help texts in this
 * process.
 */
export function createDemoModel({ directory, wordMilliseconds = 25 }: DemoModelOptions): SdkLanguageModel {
  let brain: Promise<DemoBrain> | undefined
  // loaded with the first question: mostly another model answers
  const act = async (call: CallOptions): Promise<DemoAct> => {
    brain ??= import('./demo-brain.ts').then(({ DemoBrain: Brain }) => new Brain(directory))
    return actOn(call, await brain)
  }
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId: 'help-texts',
    supportedUrls: {},
    doGenerate: async (call) => {
      const done = await act(call)
      return {
        content: [done.kind === 'text' ? { type: 'text', text: done.text } : toCall(done)],
        finishReason: finishReason(done),
        usage: USAGE,
        warnings: [],
      }
    },
    doStream: async (call) => {
      const done = await act(call)
      const parts =
        done.kind === 'text' ? writeWords(done.text, wordMilliseconds, call.abortSignal) : writeCall(done)
      return { stream: ReadableStream.from(parts) as ReadableStream<StreamPart> }
    },
  }
}

type ToolCall = Extract<StreamPart, { type: 'tool-call' }>

function actOn({ prompt, tools = [], toolChoice }: CallOptions, brain: DemoBrain): DemoAct {
  const mayCall = toolChoice?.type !== 'none'
  const offered = mayCall ? tools.filter((tool) => tool.type === 'function').map(toDemoTool) : []
  return brain.act(toTurns(prompt), offered, lastResults(prompt))
}

function toCall({ name, args }: Extract<DemoAct, { kind: 'call' }>): ToolCall {
  return { type: 'tool-call', toolCallId: randomUUID(), toolName: name, input: JSON.stringify(args) }
}

function finishReason({ kind }: DemoAct): GenerateResult['finishReason'] {
  return { unified: kind === 'call' ? 'tool-calls' : 'stop', raw: undefined }
}

function* writeCall(act: Extract<DemoAct, { kind: 'call' }>): Generator<StreamPart> {
  yield { type: 'stream-start', warnings: [] }
  yield toCall(act)
  yield { type: 'finish', finishReason: finishReason(act), usage: USAGE }
}

async function* writeWords(
  answer: string,
  wordMilliseconds: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamPart> {
  const words = answer.match(/\s*\S+/g) ?? [answer]
  const wordsPerPiece = Math.ceil(words.length / MAX_PIECES)
  yield { type: 'stream-start', warnings: [] }
  yield { type: 'text-start', id: 'answer' }
  for (let index = 0; index < words.length; index += wordsPerPiece) {
    if (index > 0 && wordMilliseconds > 0)
      await setTimeout(wordMilliseconds, undefined, { ...(signal && { signal }) })
    yield { type: 'text-delta', id: 'answer', delta: words.slice(index, index + wordsPerPiece).join('') }
  }
  yield { type: 'text-end', id: 'answer' }
  yield { type: 'finish', finishReason: { unified: 'stop', raw: undefined }, usage: USAGE }
}

function toTurns(prompt: CallOptions['prompt']): DemoTurn[] {
  return prompt.flatMap((message): DemoTurn[] => {
    if (message.role !== 'user' && message.role !== 'assistant') return []
    const isCall = message.role === 'assistant' && message.content.some(({ type }) => type === 'tool-call')
    const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return isCall ? [] : [{ role: message.role, text }]
  })
}

/** Results of the tools called for the last message. */
function lastResults(prompt: CallOptions['prompt']): string[] {
  const last = prompt.at(-1)
  if (last?.role !== 'tool') return []
  return last.content.flatMap((part) => {
    if (part.type !== 'tool-result') return []
    return part.output.type === 'text' ? [part.output.value] : []
  })
}
