import { isFields } from './clean-chunk.ts'

/** A request to a model server, as JSON. */
export type RequestBody = Readonly<Record<string, unknown>>
type Message = Readonly<Record<string, unknown>>

/** A part of a request that some server or model refuses although it can answer without it. */
export interface Feature {
  /** What is left out, for the log. */
  readonly name: string
  /** The words of a refusal that is about it. */
  readonly words: RegExp
  isIn(body: RequestBody): boolean
  without(body: RequestBody): RequestBody
}

/** Said in place of tools that are left out, so that the model does not pretend to call them. */
const NO_TOOLS = 'No tool can be called in this conversation. Answer in words.'

/** All such parts but the tools, in the order in which a refusal is compared with them. */
const PARTS: readonly Feature[] = [
  {
    name: 'the request for usage in the stream',
    words: /stream_options|include_usage/i,
    isIn: has('stream_options'),
    without: drop('stream_options'),
  },
  {
    name: 'streaming',
    words: /\bstream\W{0,3} (does|is|must|not|param)|stream(ing)? (mode )?(is )?(not|un)|support stream/i,
    isIn: ({ stream }) => stream === true,
    without: (body) => ({ ...drop('stream_options')(body), stream: false }),
  },
  {
    name: 'max_tokens, for which it wants max_completion_tokens',
    words: /max_completion_tokens/i,
    isIn: has('max_tokens'),
    without: (body) => ({ ...drop('max_tokens')(body), max_completion_tokens: body['max_tokens'] }),
  },
  {
    name: 'max_tokens',
    words:
      /max_tokens.{0,60}(not (allowed|permitted|supported)|forbidden|unrecognized|unknown)|(unrecognized|unknown|unsupported|extra).{0,60}max_tokens/i,
    isIn: has('max_tokens'),
    without: drop('max_tokens'),
  },
  {
    name: 'earlier thoughts',
    words: /reasoning(_content)?\b(?!.{0,60}(must|required|missing))/i,
    isIn: ({ messages }) => listOf(messages).some((message) => 'reasoning_content' in message),
    without: (body) => ({
      ...body,
      messages: listOf(body['messages']).map(({ reasoning_content: _thoughts, ...rest }) => rest),
    }),
  },
  {
    name: 'several messages of one role in a row',
    words: /roles? must alternate|must alternate|consecutive (messages|user|assistant)/i,
    isIn: ({ messages }) => mergeRoles(listOf(messages)).length < listOf(messages).length,
    without: (body) => ({ ...body, messages: mergeRoles(listOf(body['messages'])) }),
  },
  {
    name: 'system messages',
    words:
      /system (role|message|prompt|instruction)s?.{0,60}(not|un)|system role|developer instruction|role.{0,40}system|input should be 'user'|roles? must alternate/i,
    isIn: ({ messages }) => listOf(messages).some(isSystem),
    without: (body) => ({ ...body, messages: mergeRoles(systemAsUser(listOf(body['messages']))) }),
  },
  {
    name: 'tool_choice',
    words: /tool_choice/i,
    isIn: has('tool_choice'),
    without: drop('tool_choice'),
  },
]

/** All tools. */
export const TOOLS: Feature = {
  name: 'tools',
  words: /\btools?\b|\bfunctions?\b|function.?call|jinja/i,
  isIn: ({ tools }) => listOf(tools).length > 0,
  without: withoutTools,
}

/** What a refusal of 4xx or 5xx cannot be about, so that asking again without tools is in vain. */
const OTHER_CAUSES =
  /model.{0,80}(not found|not exist|unknown|unavailable|invalid)|no such model|api.?key|quota|billing|credit|context (length|size|window)|too long|too many tokens|maximum.{0,20}tokens|\b(images?|image_url|vision|multi-?modal|mmproj)\b/i

/** The part that a refusal is about, by its words. */
export function featureInWords(words: string, body: RequestBody): Feature | undefined {
  const tool = toolInWords(words, body)
  // a schema that is refused is no reason to leave out more than its tool
  if (tool) return tool
  return [...PARTS, TOOLS].find((feature) => feature.words.test(words) && feature.isIn(body))
}

/** The tools, when a refusal does not say what it is about but may be about them. */
export function toolsAsGuess(words: string, body: RequestBody): Feature | undefined {
  return TOOLS.isIn(body) && !OTHER_CAUSES.test(words) ? TOOLS : undefined
}

/** The feature of this name, for a request that is known to be refused with it. */
export function featureNamed(name: string): Feature | undefined {
  return [...PARTS, TOOLS].find((feature) => feature.name === name) ?? toolNamed(name)
}

const TOOL_PREFIX = 'the tool '

/** One tool that the words name or count, while there are others. */
export function toolInWords(words: string, body: RequestBody): Feature | undefined {
  const names = listOf(body['tools']).map((tool) =>
    isFields(tool['function']) ? String(tool['function']['name']) : '',
  )
  if (names.length === 0) return undefined
  const place = /\b(?:tools|functions|function_declarations)(?:\[|\.|\W{1,3})(\d+)/i.exec(words)?.[1]
  const counted = place === undefined ? undefined : names[Number(place)]
  // the longest name first: one may be a part of another
  const named = names
    .toSorted((a, b) => b.length - a.length)
    .find((name) => name !== '' && words.includes(name))
  const name = named ?? counted
  return name === undefined || name === '' ? undefined : toolNamed(`${TOOL_PREFIX}${name}`)
}

/** The feature of one tool; `undefined` for a name that means no single tool. */
export function toolNamed(feature: string): Feature | undefined {
  if (!feature.startsWith(TOOL_PREFIX)) return undefined
  const name = feature.slice(TOOL_PREFIX.length)
  const isIt = (tool: Message): boolean => isFields(tool['function']) && tool['function']['name'] === name
  return {
    name: feature,
    words: /^$/,
    isIn: ({ tools }) => listOf(tools).some(isIt),
    without: (body) => {
      const tools = listOf(body['tools']).filter((tool) => !isIt(tool))
      return tools.length === 0 ? withoutTools(body) : { ...body, tools }
    },
  }
}

/** The conversation without tools: calls and results become words. */
function withoutTools(body: RequestBody): RequestBody {
  const { tools: _tools, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = body
  const messages = listOf(body['messages']).flatMap((message): Message[] => {
    const { role, content, tool_calls: calls, tool_call_id: _id, name: _name, ...other } = message
    if (role === 'tool') return [{ role: 'user', content: `Result of a tool:\n${textOf(content)}` }]
    if (!Array.isArray(calls)) return [message]
    const text = textOf(content)
    return text === '' ? [] : [{ ...other, role, content: text }]
  })
  const first = messages.findIndex(isSystem)
  const noted = messages.map((message, index) =>
    index === first ? { ...message, content: `${textOf(message['content'])}\n\n${NO_TOOLS}` } : message,
  )
  return { ...rest, messages: mergeRoles(noted) }
}

function systemAsUser(messages: readonly Message[]): Message[] {
  return messages.map((message) => (isSystem(message) ? { ...message, role: 'user' } : message))
}

/** Joins neighbours of the same role; messages with calls and their results stay as they are. */
function mergeRoles(messages: readonly Message[]): Message[] {
  const merged: Message[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    const isSame = last?.['role'] === message['role'] && isMergeable(message) && isMergeable(last ?? {})
    if (!isSame) merged.push(message)
    else merged.splice(-1, 1, { ...last, content: joined(last?.['content'], message['content']) })
  }
  return merged
}

function isMergeable(message: Message): boolean {
  return message['role'] !== 'tool' && !('tool_calls' in message)
}

function joined(first: unknown, second: unknown): unknown {
  if (!Array.isArray(first) && !Array.isArray(second)) return `${textOf(first)}\n\n${textOf(second)}`
  const parts = (content: unknown): unknown[] =>
    Array.isArray(content) ? content : [{ type: 'text', text: textOf(content) }]
  return [...parts(first), ...parts(second)]
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

function isSystem({ role }: Message): boolean {
  return role === 'system'
}

function has(key: string): (body: RequestBody) => boolean {
  return (body) => body[key] !== undefined
}

function drop(key: string): (body: RequestBody) => RequestBody {
  return (body) => Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))
}

function listOf(value: unknown): Message[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}
