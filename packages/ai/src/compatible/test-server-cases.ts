/** One answer of a server, byte by byte. */
export interface Reply {
  readonly status?: number
  readonly type?: string
  readonly body: string
}

/** How a model server answers, and what must come of it. */
export interface ServerCase {
  readonly family: string
  readonly what: string
  /** One reply for every request, or what it replies to each. */
  readonly reply: Reply | string | ((request: SentRequest) => Reply | string)
  readonly gives: Outcome
  /** The model's name, where it matters. */
  readonly model?: string
}

export interface SentRequest {
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: object } }[]
  readonly tool_choice?: string
  readonly stream: boolean
  readonly stream_options?: object
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
}

interface Outcome {
  readonly text?: string
  readonly calls?: readonly { readonly name: string; readonly args: unknown }[]
  readonly reason?: 'stop' | 'length' | 'filtered' | 'other'
  /** The error's code. */
  readonly error?: string
  /** Requests that reach the server for the first message; default one. */
  readonly requests?: number
  /** Requests for a second message; default one. */
  readonly later?: number
  /** What the log must contain. */
  readonly log?: RegExp
}

/** Server-sent events of these values. */
export function events(...values: readonly (object | string | null)[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('')
}

/** A chunk in OpenAI's protocol. */
export function chunk(delta: object | null, finish: string | null = null, more: object = {}): object {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more }
}

export const says = (content: string): object => chunk({ content })
export const END = events(chunk({}, 'stop'), '[DONE]')

/** A whole answer of this text. */
export function answer(text: string): string {
  return events(chunk({ role: 'assistant', content: '' }), ...(text.match(/[^]{1,7}/g) ?? []).map(says)) + END
}

/** A refusal with the words of a server. */
export function refuses(status: number, body: object | string): Reply {
  return { status, type: 'application/json', body: typeof body === 'string' ? body : JSON.stringify(body) }
}

export const error = (message: string, more: object = {}): object => ({ error: { message, ...more } })

/** Refuses requests with tools in these words, and answers others. */
export function refusesTools(status: number, body: object | string): ServerCase['reply'] {
  return ({ tools }) => (tools ? refuses(status, body) : answer('Hello.'))
}

export const HELLO_TWO = { text: 'Hello.', requests: 2 } as const
export const CALL = { calls: [{ name: 'math__add', args: { a: 1, b: 2 } }] } as const
