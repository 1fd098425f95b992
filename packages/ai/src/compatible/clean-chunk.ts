/** A chunk of a streamed answer as OpenAI's protocol defines it. */
export interface CleanChunk {
  readonly id?: string
  readonly model?: string
  readonly choices: readonly CleanChoice[]
  readonly usage?: Readonly<Record<string, unknown>>
}

interface CleanChoice {
  readonly index: 0
  readonly delta: Readonly<Record<string, unknown>>
  readonly finish_reason: string | null
}

type Fields = Readonly<Record<string, unknown>>

/** Other servers' words for the reasons of an end. */
const REASONS: Readonly<Record<string, string>> = {
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  load: 'stop',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  tool_call: 'tool_calls',
  function_call: 'tool_calls',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  image_safety: 'content_filter',
  spii: 'content_filter',
  sensitive: 'content_filter',
  refusal: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
}

/** Reasons that mean the server failed in the middle. */
const FAULTS: ReadonlySet<string> = new Set([
  'error',
  'network_error',
  'insufficient_system_resource',
  'abort',
  'aborted',
  'malformed_function_call',
  'engine_overloaded',
])

/** The fault that a chunk ends with, in the server's own words; `undefined` if it has none. */
export function faultIn(value: Fields): string | undefined {
  const reason = finishOf(firstChoice(value), value)
  return reason !== undefined && FAULTS.has(reason.toLowerCase()) ? `finish_reason: ${reason}` : undefined
}

/**
 * Brings one message of a model server into the shape of OpenAI's protocol: a chunk, a whole answer,
 * or a message of Ollama's own protocol. Fields of an unexpected type are dropped or converted.
 */
export function cleanChunk(value: Fields): CleanChunk {
  const choice = firstChoice(value)
  const usage = usageOf(value)
  const delta = choice && deltaOf(choice, value)
  const reason = finishOf(choice, value)
  const { id, model } = value
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
    choices: delta ? [{ index: 0, delta, finish_reason: reason === undefined ? null : unify(reason) }] : [],
    ...(usage && { usage }),
  }
}

function unify(reason: string): string {
  const known = reason.toLowerCase()
  return REASONS[known] ?? known
}

/** The first choice; answers of several choices were never asked for. */
function firstChoice(value: Fields): Fields | undefined {
  const { choices, message, delta, response, content } = value
  if (Array.isArray(choices)) {
    const list = choices.filter(isFields)
    // one answer was asked for, whatever number it has
    if (list.length < 2) return list[0]
    return list.find(({ index }) => Number(index ?? 0) === 0) ?? list[0]
  }
  if (isFields(message) || isFields(delta)) return value
  if (typeof response === 'string') return { delta: { content: response } }
  // llama.cpp's own protocol
  return typeof content === 'string' && 'stop' in value ? { delta: { content } } : undefined
}

function finishOf(choice: Fields | undefined, value: Fields): string | undefined {
  const reasons = [
    choice?.['finish_reason'],
    choice?.['finishReason'],
    value['done_reason'],
    choice?.['stop_reason'],
    value['done'] === true || value['stop'] === true ? 'stop' : undefined,
  ]
  return reasons.find(
    (reason): reason is string => typeof reason === 'string' && !/^(|null|none)$/i.test(reason),
  )
}

function deltaOf(choice: Fields, value: Fields): Record<string, unknown> {
  const said = [choice['delta'], choice['message'], value['message']].find(isFields) ?? {}
  const content = contentOf(said['content'] ?? choice['text'])
  const reasoning = reasoningOf(said)
  const calls = callsOf(said)
  const { refusal } = said
  return {
    role: 'assistant',
    ...(content !== undefined && { content }),
    ...(reasoning && { reasoning_content: reasoning }),
    ...(typeof refusal === 'string' && refusal !== '' && { refusal }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function contentOf(content: unknown): unknown {
  if (typeof content === 'string' || Array.isArray(content)) return textsOf(content)
  if (typeof content === 'number' || typeof content === 'boolean') return String(content)
  return isFields(content) && typeof content['text'] === 'string' ? content['text'] : undefined
}

/** Content as a list: texts and thoughts; strings in it become texts. */
function textsOf(content: string | readonly unknown[]): unknown {
  if (typeof content === 'string') return content
  return content.flatMap((part) => {
    if (typeof part === 'string') return [{ type: 'text', text: part }]
    if (!isFields(part)) return []
    const { type, text } = part
    return typeof text === 'string' && type !== 'thinking'
      ? [{ type: 'text', text }]
      : [{ ...part, type: String(type) }]
  })
}

function reasoningOf(said: Fields): string {
  for (const key of ['reasoning_content', 'reasoning', 'thinking', 'reasoning_text'] as const) {
    const value = said[key]
    if (typeof value === 'string' && value !== '') return value
    if (isFields(value) && typeof value['content'] === 'string') return value['content']
  }
  const details = said['reasoning_details']
  if (!Array.isArray(details)) return ''
  return details
    .map((item: unknown) => (isFields(item) && typeof item['text'] === 'string' ? item['text'] : ''))
    .join('')
}

function callsOf(said: Fields): unknown[] {
  const { tool_calls: calls, function_call: call } = said
  const list: unknown[] = Array.isArray(calls) ? calls : isFields(calls) ? [calls] : []
  // the older protocol had one call
  const all = isFields(call) ? [...list, { index: 0, function: call }] : list
  return all.filter(isFields).map((item) => cleanCall(item, all.length))
}

function cleanCall(call: Fields, count: number): Fields {
  const { id, index, extra_content: extra } = call
  const called = isFields(call['function']) ? call['function'] : call
  const { name } = called
  const args = argumentsOf(called['arguments'] ?? called['parameters'])
  const place = typeof index === 'string' && index !== '' ? Number(index) : index
  return {
    // a call without an index is a call of its own
    ...(Number.isSafeInteger(place) && { index: place }),
    ...(id !== undefined && id !== null && id !== '' && { id: String(id) }),
    type: 'function',
    function: {
      ...(typeof name === 'string' && { name }),
      ...(args !== undefined && { arguments: args }),
    },
    ...(isFields(extra) && count > 0 && { extra_content: extra }),
  }
}

/** Arguments are a piece of JSON text; some servers send the value itself. */
function argumentsOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function usageOf(value: Fields): Record<string, unknown> | undefined {
  const groq = value['x_groq']
  const usage = isFields(value['usage'])
    ? value['usage']
    : isFields(groq)
      ? groq['usage']
      : ollamaUsage(value)
  if (!isFields(usage)) return undefined
  const counts: Record<string, unknown> = {}
  for (const [key, count] of Object.entries(usage)) {
    if (isFields(count)) counts[key] = numbersOf(count)
    else if (count !== null && count !== '' && Number(count) >= 0) counts[key] = Number(count)
  }
  return counts
}

function numbersOf(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, count]) => typeof count === 'number' && count >= 0),
  )
}

function ollamaUsage(value: Fields): Fields | undefined {
  const { prompt_eval_count: input, eval_count: output } = value
  return typeof output === 'number' ? { prompt_tokens: input ?? 0, completion_tokens: output } : undefined
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
