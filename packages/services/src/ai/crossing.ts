import { AiError, PermissionError } from '@pluggram/sdk'
import type { AiRequest, AiService, AiSubject, TextEnd, TextRequest, ToolUse } from '@pluggram/sdk'
import { AI_METHODS, createAiService, jsonSchemaOf } from '@pluggram/sdk/runtime'
import type { AiMethodRow } from '@pluggram/sdk/runtime'
import type { Crossing, PluginLink } from '../crossing/links.ts'
import { serveAi } from './serve-ai.ts'
import { checkAnswer } from './wire-schema.ts'

/**
 * Requests cross as plain data, by the rows of `AI_METHODS`. The host checks references to chats,
 * users and messages. Schemas stay in the process and validate the answer.
 */
export const aiCrossing: Crossing<AiService> = { plugin: createRemoteAi, host: serveAi }

function createRemoteAi(link: PluginLink): AiService {
  const check = (): void => {
    if (link.permissions.ai === true) return
    const message = `Plugin ${link.plugin} uses services.ai without asking for it. Add permissions: { ai: true } to its manifest.`
    // still ask the host, which refuses and tells the owner
    link.call('model', []).catch(() => {})
    throw new PermissionError(message)
  }
  const byRow = createAiService((method) => {
    const { args: kinds }: AiMethodRow = AI_METHODS[method]
    return async (...args: readonly unknown[]) => {
      check()
      return link.call(
        method,
        kinds.map((kind, at) => toWire(kind, args[at])),
        signalOf(args),
      )
    }
  })
  return {
    ...byRow,
    streamText(request) {
      check()
      return streamText(link, request)
    },
    async generateObject({ schema, ...request }) {
      const jsonSchema = jsonSchemaOf(schema)
      if (!jsonSchema) throw new AiError('ai-refused', 'The schema cannot be written as JSON Schema.')
      const result = await byRow.generateObject({ ...request, jsonSchema } as never)
      return { ...result, object: await checkAnswer(schema, result.object) }
    },
  }
}

async function* streamText(
  link: PluginLink,
  { signal, onEnd, ...request }: TextRequest,
): AsyncGenerator<string> {
  const stream = await link.call('streamText', [toRequest(request)], signal)
  if (typeof stream !== 'number') throw new TypeError('the host gave no text')
  const onAbort = (): void => link.cancel(stream)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for await (const chunk of link.read(stream)) {
      signal?.throwIfAborted()
      yield chunk
    }
    signal?.throwIfAborted()
    if (onEnd) onEnd((await link.call('takeEnd', [stream])) as TextEnd)
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }

  /** The host has the real context, so it is enough to identify it. */
  function toRequest({ context, ...rest }: AiRequest & Pick<ToolUse, 'context'>): object {
    return withoutUndefined({
      ...rest,
      for: toSubject(rest.for),
      call: context && link.callNumber(context),
    })
  }
}

function toWire(kind: AiMethodRow['args'][number], value: unknown): unknown {
  if (kind === 'subject') return toSubject(value as AiSubject | undefined)
  if (typeof value !== 'object' || value === null) return value
  const { signal: _signal, ...request } = value as AiRequest
  return withoutUndefined({ ...request, for: toSubject(request.for) })
}

function signalOf(args: readonly unknown[]): AbortSignal | undefined {
  return args.map((arg) => (Object(arg) as AiRequest).signal).find((signal) => signal !== undefined)
}

/** Drops undefined members, because the host treats every member as set. */
function withoutUndefined(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
}

/** Keeps only what identifies the subject, because a context has functions, which cannot cross. */
function toSubject(subject: AiSubject | undefined): AiSubject | undefined {
  if (!subject) return undefined
  const { chat, user } = subject
  return { ...(chat && { chat: { id: chat.id } }), ...(user && { user: { id: user.id } }) }
}
