import { AiError, PermissionError } from '@pluggram/sdk'
import type {
  AiAbilities,
  AiRequest,
  AiService,
  AiSubject,
  AiUsageReport,
  EmbedResult,
  ModelChoice,
  ModelDescription,
  ObjectResult,
  SpeakResult,
  StandardSchemaV1,
  TextEnd,
  TextRequest,
  TextResult,
  ToolUse,
  TranscribeResult,
} from '@pluggram/sdk'
import type { Peer } from '../rpc/peer.ts'
import { jsonSchemaOf } from '../validate-config.ts'
import { CALL_NUMBER } from './protocol.ts'
import type { JsonSchema } from '../json-types.ts'

export interface RemoteAiOptions {
  readonly peer: Peer
  readonly plugin: string
  readonly isAllowed: boolean
}

/** A request of any kind; the host parses what crosses. */
type RemoteRequest = AiRequest & { readonly jsonSchema?: JsonSchema }

/** The AI service of a plugin process: requests cross as plain data, schemas stay and check what comes back. */
export function createRemoteAi({ peer, plugin, isAllowed }: RemoteAiOptions): AiService {
  const check = (): void => {
    if (isAllowed) return
    const message = `Plugin ${plugin} uses services.ai without asking for it. Add permissions: { ai: true } to its manifest.`
    // the host is asked all the same: it refuses, and the owner hears of it
    peer.call('ai', ['model']).catch(() => {})
    throw new PermissionError(message)
  }
  const ask = async (method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> => {
    check()
    return peer.call('ai', [method, ...args], signal)
  }
  // the host's own answers are taken as they are
  const request = async <Result>(method: string, { signal, ...rest }: RemoteRequest): Promise<Result> =>
    (await ask(method, [toWire(rest)], signal)) as Result
  return {
    model: async (subject) => (await ask('model', [toSubject(subject)])) as ModelDescription,
    models: async (subject) => (await ask('models', [toSubject(subject)])) as readonly ModelChoice[],
    choose: async (id, subject) => void (await ask('choose', [id, toSubject(subject)])),
    abilities: async () => (await ask('abilities', [])) as AiAbilities,
    usage: async (subject) => (await ask('usage', [toSubject(subject)])) as AiUsageReport,
    streamText(input) {
      check()
      return streamText(peer, input)
    },
    generateText: (input) => request<TextResult>('generateText', input),
    async generateObject({ schema, ...input }) {
      const jsonSchema = jsonSchemaOf(schema)
      if (!jsonSchema) throw new AiError('ai-refused', 'The schema cannot be written as JSON Schema.')
      const result = await request<ObjectResult<unknown>>('generateObject', { ...input, jsonSchema })
      return { ...result, object: await validate(schema, result.object) }
    },
    embed: (input) => request<EmbedResult>('embed', input),
    transcribe: (input) => request<TranscribeResult>('transcribe', input),
    speak: (input) => request<SpeakResult>('speak', input),
  }
}

async function* streamText(peer: Peer, { signal, onEnd, ...request }: TextRequest): AsyncGenerator<string> {
  const stream = await peer.call('stream-text', [toWire(request)], signal)
  if (typeof stream !== 'number') throw new TypeError('the host gave no text')
  const onAbort = (): void => peer.streams.cancel(stream)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for await (const chunk of peer.streams.read(stream)) {
      signal?.throwIfAborted()
      yield chunk
    }
    signal?.throwIfAborted()
    if (onEnd) onEnd((await peer.call('ai', ['end', stream])) as TextEnd)
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Members that are undefined do not cross: the host takes a member that is there for one that is meant. */
function toWire({ context, ...request }: AiRequest & Pick<ToolUse, 'context'>): object {
  const wire = { ...request, for: toSubject(request.for), call: context && callNumber(context) }
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined))
}

/** The host has the real context; here it is enough to say which one is meant. */
function callNumber(context: object): unknown {
  return Reflect.get(context, CALL_NUMBER)
}

/** Only what names the subject: a whole context has functions, which cannot cross. */
function toSubject(subject: AiSubject | undefined): AiSubject | undefined {
  if (!subject) return undefined
  const { chat, user } = subject
  return { ...(chat && { chat: { id: chat.id } }), ...(user && { user: { id: user.id } }) }
}

async function validate<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return result.value as StandardSchemaV1.InferOutput<Schema>
  const issue = result.issues[0]?.message ?? 'unknown'
  throw new AiError('ai-unavailable', `The model's answer does not fit the schema: ${issue}. Try again.`, {
    isRetryable: true,
  })
}
