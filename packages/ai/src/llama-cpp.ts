import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AiError, z } from '@pluggram/sdk'
import type { CallOptions, SdkLanguageModel, StreamPart } from './sdk-language-model.ts'

const PACKAGE = 'node-llama-cpp'

/** The part of node-llama-cpp (version 3) that is used. */
interface LlamaCppModule {
  getLlama(): Promise<{ loadModel(options: { modelPath: string }): Promise<LoadedModel> }>
  readonly LlamaChatSession: new (options: { contextSequence: unknown }) => ChatSession
}

interface LoadedModel {
  createContext(): Promise<{ getSequence(): unknown; dispose(): Promise<void> }>
  tokenize(text: string): { readonly length: number }
  dispose(): Promise<void>
}

interface ChatSession {
  setChatHistory(history: readonly HistoryItem[]): void
  prompt(
    text: string,
    options: { signal?: AbortSignal; maxTokens?: number; onTextChunk(text: string): void },
  ): Promise<string>
}

type HistoryItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] }

const functionSchema = z.custom<(...args: never) => unknown>((value) => typeof value === 'function')
const moduleShape = z.looseObject({ getLlama: functionSchema, LlamaChatSession: functionSchema })
const packageShape = z.looseObject({ exports: z.unknown(), main: z.string().optional() })

/**
 * Runs GGUF files in this process, using the node-llama-cpp that the owner installed in the home.
 * Each file is loaded on first use. Requests run one at a time, because such machines are short of
 * memory.
 */
export class LlamaCpp {
  readonly #home: string
  readonly #loading = new Map<string, Promise<{ module: LlamaCppModule; model: LoadedModel }>>()
  #last: Promise<unknown> = Promise.resolve()

  /** @param home base folder for node_modules and relative model paths */
  constructor(home: string) {
    this.#home = home
  }

  /**
   * @param file the GGUF file, relative to the home or absolute
   * @throws AiError on the first request, if node-llama-cpp or the file is missing or does not load
   */
  model(file: string): SdkLanguageModel {
    return {
      specificationVersion: 'v4',
      provider: 'llama-cpp',
      modelId: file,
      supportedUrls: {},
      doGenerate: async () => {
        throw new TypeError('The assistant streams all answers; call doStream.')
      },
      doStream: async (call) => ({ stream: ReadableStream.from<StreamPart>(this.#answer(file, call)) }),
    }
  }

  /** Frees the memory of all models. */
  async close(): Promise<void> {
    const loaded = [...this.#loading.values()]
    this.#loading.clear()
    await Promise.allSettled(loaded.map(async (loading) => (await loading).model.dispose()))
  }

  async *#answer(file: string, call: CallOptions): AsyncGenerator<StreamPart> {
    const turn = this.#last
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    this.#last = turn.then(() => over)
    try {
      await turn
      call.abortSignal?.throwIfAborted()
      const { module, model } = await this.#load(file)
      const context = await model.createContext()
      try {
        const session = new module.LlamaChatSession({ contextSequence: context.getSequence() })
        yield* stream(session, model, call)
      } finally {
        await context.dispose()
      }
    } finally {
      end()
    }
  }

  #load(file: string): Promise<{ module: LlamaCppModule; model: LoadedModel }> {
    const known = this.#loading.get(file)
    if (known) return known
    const loading = this.#open(file)
    this.#loading.set(file, loading)
    // a failed load is retried with the next request
    loading.catch(() => this.#loading.delete(file))
    return loading
  }

  async #open(file: string): Promise<{ module: LlamaCppModule; model: LoadedModel }> {
    const modelPath = resolve(this.#home, file)
    if (!existsSync(modelPath)) {
      throw new AiError(
        'ai-misconfigured',
        `ai.model names ${file}, which is not in the home. Put the GGUF file there.`,
      )
    }
    const module = await importFrom(this.#home)
    try {
      const llama = await module.getLlama()
      return { module, model: await llama.loadModel({ modelPath }) }
    } catch {
      // its message may be pages of a native library's output
      throw new AiError(
        'ai-misconfigured',
        `${PACKAGE} cannot load ${file}. Check that it is a whole GGUF file and fits into memory.`,
      )
    }
  }
}

async function* stream(
  session: ChatSession,
  model: LoadedModel,
  call: CallOptions,
): AsyncGenerator<StreamPart> {
  const { history, question } = toHistory(call.prompt)
  session.setChatHistory(history)
  const pieces: string[] = []
  let wake = Promise.withResolvers<void>()
  const state: { isOver: boolean; failure?: unknown } = { isOver: false }
  const work = session
    .prompt(question, {
      ...(call.abortSignal && { signal: call.abortSignal }),
      ...(call.maxOutputTokens !== undefined && { maxTokens: call.maxOutputTokens }),
      onTextChunk(text) {
        pieces.push(text)
        wake.resolve()
      },
    })
    .catch((error: unknown) => (state.failure = error))
    .finally(() => {
      state.isOver = true
      wake.resolve()
    })
  let answer = ''
  yield { type: 'stream-start', warnings: [] }
  yield { type: 'text-start', id: 'answer' }
  while (pieces.length > 0 || !state.isOver) {
    if (pieces.length === 0) {
      await wake.promise
      wake = Promise.withResolvers()
      continue
    }
    const delta = pieces.splice(0).join('')
    answer += delta
    yield { type: 'text-delta', id: 'answer', delta }
  }
  await work
  if ('failure' in state) throw state.failure
  yield { type: 'text-end', id: 'answer' }
  const asked = model.tokenize(history.map(itemText).join('\n') + question).length
  const answered = model.tokenize(answer).length
  yield {
    type: 'finish',
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: asked, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: answered, text: undefined, reasoning: undefined },
    },
  }
}

function toHistory(prompt: CallOptions['prompt']): { history: readonly HistoryItem[]; question: string } {
  const items = prompt.flatMap((message): HistoryItem[] => {
    if (message.role === 'system') return [{ type: 'system', text: message.content }]
    if (message.role === 'tool') return []
    const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return [message.role === 'user' ? { type: 'user', text } : { type: 'model', response: [text] }]
  })
  const last = items.at(-1)
  return last?.type === 'user'
    ? { history: items.slice(0, -1), question: last.text }
    : { history: items, question: '' }
}

function itemText(item: HistoryItem): string {
  return item.type === 'model' ? item.response.join('') : item.text
}

async function importFrom(home: string): Promise<LlamaCppModule> {
  const entry = findEntry(home)
  if (entry === undefined) {
    throw new AiError(
      'ai-misconfigured',
      `ai.model asks for a GGUF file, but ${PACKAGE} is not installed. Run "npm install ${PACKAGE}" in the home.`,
    )
  }
  const loaded: unknown = await import(pathToFileURL(entry).href)
  if (!moduleShape.safeParse({ ...Object(loaded) }).success) {
    throw new AiError('ai-misconfigured', `The ${PACKAGE} in the home is of another kind. Install version 3.`)
  }
  return loaded as LlamaCppModule
}

/** The file that an import from the home would load. */
function findEntry(home: string): string | undefined {
  let file: string | undefined
  try {
    file = findPackageJSON(PACKAGE, pathToFileURL(join(home, 'home.js')))
  } catch {
    return undefined
  }
  if (file === undefined) return undefined
  const content = packageShape.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!content.success) return undefined
  const { exports, main } = content.data
  const target = importTarget(exports) ?? main ?? 'index.js'
  return join(dirname(file), target)
}

/** The target in `exports` for an import of the package itself. */
function importTarget(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  for (const key of ['.', 'node', 'import', 'default']) {
    const target: string | undefined = importTarget(Reflect.get(exports, key))
    if (target !== undefined) return target
  }
  return undefined
}
