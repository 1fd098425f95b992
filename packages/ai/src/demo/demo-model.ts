import { setTimeout } from 'node:timers/promises'
import type { AssistantDirectory } from '@pluggram/sdk'
import type { SdkLanguageModel } from '../language-model.ts'
import { DemoBrain } from './demo-brain.ts'
import type { DemoTurn } from './demo-turn.ts'

type CallOptions = Parameters<SdkLanguageModel['doStream']>[0]
type StreamPart =
  Awaited<ReturnType<SdkLanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never
type GenerateResult = Awaited<ReturnType<SdkLanguageModel['doGenerate']>>

/** Long answers are written several words at a time: nobody waits for more pauses than these. */
const MAX_PIECES = 120

const USAGE: GenerateResult['usage'] = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}
const FINISH_REASON: GenerateResult['finishReason'] = { unified: 'stop', raw: undefined }

export interface DemoModelOptions {
  readonly directory: () => AssistantDirectory
  /** Pause between two words. Default 25. */
  readonly wordMilliseconds?: number
}

/** The built-in model: an AI SDK model like any other, but its words come from help texts, in this process. */
export function createDemoModel({ directory, wordMilliseconds = 25 }: DemoModelOptions): SdkLanguageModel {
  const brain = new DemoBrain(directory)
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId: 'help-texts',
    supportedUrls: {},
    doGenerate: async ({ prompt }) => ({
      content: [{ type: 'text', text: brain.answer(toTurns(prompt)) }],
      finishReason: FINISH_REASON,
      usage: USAGE,
      warnings: [],
    }),
    doStream: async ({ prompt, abortSignal }) => ({
      stream: ReadableStream.from(
        writeWords(brain.answer(toTurns(prompt)), wordMilliseconds, abortSignal),
      ) as ReadableStream<StreamPart>,
    }),
  }
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
  yield { type: 'finish', finishReason: FINISH_REASON, usage: USAGE }
}

function toTurns(prompt: CallOptions['prompt']): DemoTurn[] {
  return prompt.flatMap((message): DemoTurn[] => {
    if (message.role !== 'user' && message.role !== 'assistant') return []
    const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return [{ role: message.role, text }]
  })
}
