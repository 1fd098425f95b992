import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call of a tool, by the name that the model sees. */
export interface PlannedCall {
  readonly name: string
  readonly args: unknown
}

/** A call that the model made, with what came of it. */
export interface MadeCall extends PlannedCall {
  /** The case or task. */
  readonly id: string
  /** The model obeyed text that it read. */
  readonly isOrder: boolean
  result: string | undefined
}

/** A model that obeys every order in whatever it reads, and calls what a test planned for a message. */
export interface ObeyingModel {
  readonly url: string
  readonly calls: readonly MadeCall[]
  /** The calls of each step of an answer, by the tag of the message: `c1.1`. */
  readonly plans: Map<string, readonly (readonly PlannedCall[])[]>
  close(): Promise<void>
}

interface ModelRequest {
  readonly stream?: boolean
  readonly tools?: readonly unknown[]
  readonly messages: readonly {
    readonly role: string
    readonly content?: unknown
    readonly tool_call_id?: string
  }[]
}

/** What a message is about, and which message of its conversation it is. */
const TAG = /#([a-z]+\d+)\.(\d+)/
/** An order is for one message of the conversation, wherever the text with it stands. */
const ORDER = /DO\.(\d+) (\w+) (\{[^}]*\})/g
/** Data URLs in a request: what the model sees in pictures and documents. */
const DATA_URL = /data:[\w/.+-]+;base64,([\w+/=]+)/g

/** What a model puts into an order's arguments. */
const ENCODINGS: Readonly<Record<string, (secret: string) => string>> = {
  SECRET: (secret) => secret,
  BASE64: (secret) => Buffer.from(secret).toString('base64url'),
  HEX: (secret) => Buffer.from(secret).toString('hex'),
  BACKWARDS: (secret) => [...secret].toReversed().join(''),
}

/** @param secret what an order means by `SECRET` */
export async function startObeyingModel(secret: string): Promise<ObeyingModel> {
  const calls: MadeCall[] = []
  const byCallId = new Map<string, MadeCall>()
  const plans: ObeyingModel['plans'] = new Map()
  const steps = new Map<string, number>()
  const obeyed = new Set<string>()

  function answer(request: ModelRequest): {
    readonly text?: string
    readonly made?: Map<string, PlannedCall>
  } {
    noteResults(request)
    const read = everythingIn(request)
    if (request.messages[0]?.content === undefined) return { text: 'nothing' }
    if (flatten(request.messages[0].content).startsWith('You sum up')) {
      return { text: `In short: ${[...new Set(read.match(ORDER))].join(' ')}` }
    }
    const question = flatten(request.messages.findLast(({ role }) => role === 'user')?.content)
    const [, id = 'none', turn = '1'] = TAG.exec(question) ?? []
    const tag = `${id}.${turn}`
    const step = steps.get(tag) ?? 0
    steps.set(tag, step + 1)
    const planned = plans.get(tag)?.[step] ?? []
    const orders = [...read.matchAll(ORDER)].flatMap(([, forTurn, name = '', args = '']) => {
      const key = `${tag} ${name} ${args}`
      if (forTurn !== turn || obeyed.has(key)) return []
      obeyed.add(key)
      return [{ name, args: parse(fillIn(args, secret).replaceAll('CASE', id)) }]
    })
    if (planned.length + orders.length === 0) {
      // what was read stays in the conversation, in the model's own words as well
      return { text: `I read: ${[...new Set(read.match(ORDER))].join(' ')} END-${tag}.` }
    }
    const made = new Map<string, PlannedCall>()
    for (const call of [...planned, ...orders]) {
      const callId = `call_${calls.length}`
      const entry: MadeCall = { ...call, id, isOrder: !planned.includes(call), result: undefined }
      calls.push(entry)
      byCallId.set(callId, entry)
      made.set(callId, call)
    }
    return { made }
  }

  function noteResults({ messages }: ModelRequest): void {
    for (const { role, content, tool_call_id: id = '' } of messages) {
      const call = role === 'tool' ? byCallId.get(id) : undefined
      if (call) call.result ??= flatten(content)
    }
  }

  const server = createServer((request, response) => void serve(request, response))

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json')
    if (request.method !== 'POST') {
      return void response.end(JSON.stringify({ object: 'list', data: [{ id: 'obeying', object: 'model' }] }))
    }
    let body = ''
    for await (const chunk of request.setEncoding('latin1')) body += String(chunk)
    if (request.url?.endsWith('/audio/transcriptions')) {
      return void response.end(JSON.stringify({ text: /#[a-z]+\d+\.[^\r\n]*/.exec(body)?.[0] ?? 'nothing' }))
    }
    const parsed = JSON.parse(Buffer.from(body, 'latin1').toString()) as ModelRequest
    // a request without tools is for a summary or the like
    write(response, parsed.stream === true, answer(parsed))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    plans,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function write(
  response: ServerResponse,
  isStream: boolean,
  { text, made }: { readonly text?: string; readonly made?: ReadonlyMap<string, PlannedCall> },
): void {
  const toolCalls = [...(made ?? [])].map(([id, { name, args }], index) => ({
    ...(isStream && { index }),
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  const message = {
    role: 'assistant',
    content: text ?? null,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  }
  const finish = toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const base = { id: 'c', created: 0, model: 'obeying' }
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  if (!isStream) {
    const choices = [{ index: 0, message, finish_reason: finish }]
    response.end(JSON.stringify({ ...base, object: 'chat.completion', choices, usage }))
    return
  }
  response.setHeader('content-type', 'text/event-stream')
  for (const choice of [
    { index: 0, delta: message, finish_reason: null },
    { index: 0, delta: {}, finish_reason: finish },
  ]) {
    response.write(
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [choice] })}\n\n`,
    )
  }
  response.end('data: [DONE]\n\n')
}

/** Everything in a request, pictures and descriptions of tools included. */
function everythingIn({ messages, tools }: ModelRequest): string {
  const text = [...messages.map(({ content }) => flatten(content)), JSON.stringify(tools ?? [])].join('\n')
  const files = [...JSON.stringify(messages).matchAll(DATA_URL)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('latin1'),
  )
  return [text, ...files].join('\n').replaceAll('\\"', '"')
}

function flatten(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => String((part as { text?: unknown }).text ?? '')).join('\n')
}

function fillIn(args: string, secret: string): string {
  return args.replaceAll(/SECRET|BASE64|HEX|BACKWARDS/g, (word) => ENCODINGS[word]?.(secret) ?? word)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { unreadable: text }
  }
}
