import { isFields } from './clean-chunk.ts'

/** A call that a model wrote into its text. */
export interface WrittenCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What a text that contains calls consists of. */
export interface WrittenCalls {
  readonly calls: readonly WrittenCall[]
  /** The rest of the text. */
  readonly text: string
}

/** Marks that no text contains by chance. Everything from them on is read as calls. */
const MARKS =
  /<\/?tool_calls?>|<tool_call |<\/?function_calls?>|<functioncall>|<function=|<invoke name=|<\|?(?:python_tag|tool_call(?:s_section)?(?:_begin)?|tool▁calls?▁begin)\|?>|<｜tool▁calls?▁begin｜>|<\|tool_call|\[TOOL_CALLS\]|\[TOOL_REQUEST\]|<start_function_call>|<\|channel\|>commentary|<minimax:tool_call>|```(?:tool_call|tool_code|tool_request)\b/
const LONGEST_MARK = 32

/** An answer that is nothing but a call, as some models write it. */
const BARE =
  /^\s*(?:```(?:json)?\s*)?[[{]\s*(?:\{\s*)?"(?:name|function|tool|tool_name|action|type|arguments|parameters)"\s*:/

/** Where calls begin in a text that is not code; -1 when nowhere so far. */
export function callsStart(text: string): number {
  return MARKS.exec(text)?.index ?? -1
}

/** The length of what may be the beginning of a mark at the end of a text. */
export function markStart(text: string): number {
  const from = Math.max(0, text.length - LONGEST_MARK)
  const tail = text.slice(from)
  const channel = tail.lastIndexOf('<|channel|>')
  const starts = [tail.lastIndexOf('<'), tail.lastIndexOf('['), tail.lastIndexOf('\n```')]
  const at = channel < 0 ? Math.max(...starts) : channel
  if (at < 0) return 0
  const rest = tail.slice(at).trimStart()
  return /^(?:<[^\s>]*|<\|channel\|>[a-z]*|<invoke[^>]*|\[[A-Z_]*|```[a-z_]*)$/.test(rest)
    ? tail.length - at
    : 0
}

/** Whether an answer may be nothing but a call, judged by its beginning. */
export function mayBeBareCall(beginning: string): boolean {
  const text = beginning.trimStart()
  if (text === '' || BARE.test(text)) return true
  return text.length < 24 && /^(?:`{1,3}(?:j|js|jso|json)?\s*)?(?:[[{]\s*){0,2}(?:"[a-z_]*"?\s*)?$/.test(text)
}

/**
 * Reads the calls in a text, in the formats of the model families that write them there.
 * @param names the names of the offered tools
 */
export function readWrittenCalls(text: string, names: readonly string[]): WrittenCalls {
  for (const read of FORMATS) {
    const found = read(text)
    if (found.calls.length > 0) {
      const calls = found.calls.map((call) => ({ ...call, name: offeredName(call.name, names) }))
      return { calls, text: withoutMarks(found.text) }
    }
  }
  return { calls: [], text }
}

/** Reads an answer that is nothing but calls of offered tools. */
export function readBareCalls(text: string, names: readonly string[]): readonly WrittenCall[] {
  const inner = /^\s*```(?:json)?\s*([^]*?)\s*```\s*$/.exec(text)?.[1] ?? text
  const calls = callsIn(parseAll(inner.trim())).map((call) => ({
    ...call,
    name: offeredName(call.name, names),
  }))
  return calls.length > 0 && calls.every(({ name }) => names.includes(name)) ? calls : []
}

/** The text without the marks of calls that could not be read. */
export function withoutMarks(text: string): string {
  return text
    .replaceAll(/<\/?(?:tool_calls?|function_calls?|functioncall|minimax:tool_call)>/g, '')
    .replaceAll(
      /<[|｜][^|｜>]{1,40}[|｜]>|<\/?(?:start|end)_function_call>|\[\/?(?:TOOL_CALLS|TOOL_REQUEST|END_TOOL_REQUEST)\]/g,
      '',
    )
    .trim()
}

/** A tool's name as it was offered: models drop the part before it, or join the parts differently. */
function offeredName(name: string, names: readonly string[]): string {
  const bare = name.replace(/^functions?[.:]/, '').replace(/:\d+$/, '')
  if (names.includes(bare)) return bare
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  const same = names.filter((offered) => plain(offered) === plain(bare))
  const ends = names.filter((offered) => offered.endsWith(`__${bare}`))
  return (same.length === 1 ? same[0] : ends.length === 1 ? ends[0] : undefined) ?? bare
}

type Format = (text: string) => WrittenCalls

/** Every match of a pattern is replaced by the calls that it contains. */
function format(pattern: RegExp, read: (match: RegExpExecArray) => readonly WrittenCall[]): Format {
  return (text) => {
    const calls: WrittenCall[] = []
    let rest = ''
    let from = 0
    for (const match of text.matchAll(pattern)) {
      const found = read(match)
      if (found.length === 0) continue
      calls.push(...found)
      rest += text.slice(from, match.index)
      from = match.index + match[0].length
    }
    return { calls, text: rest + text.slice(from) }
  }
}

const FORMATS: readonly Format[] = [
  // Qwen Coder and others: <function=NAME><parameter=KEY>VALUE</parameter></function>
  format(/<function=([^>\s]+)>([^]*?)(?:<\/function>|$)/g, ([, name = '', body = '']) => [
    {
      name,
      args: parameters(body, /<parameter=([^>\s]+)>\n?([^]*?)\n?(?:<\/parameter>|(?=<parameter=)|$)/g),
    },
  ]),
  // Claude, MiniMax: <invoke name="NAME"><parameter name="KEY">VALUE</parameter></invoke>
  format(/<invoke name="([^"]+)">([^]*?)(?:<\/invoke>|$)/g, ([, name = '', body = '']) => [
    { name, args: parameters(body, /<parameter name="([^"]+)"[^>]*>\n?([^]*?)\n?<\/parameter>/g) },
  ]),
  // GLM: <tool_call>NAME<arg_key>KEY</arg_key><arg_value>VALUE</arg_value></tool_call>
  format(
    /<tool_call>\s*([\w.-]+)\s*((?:<arg_key>[^]*?)?)(?:<\/tool_call>|$)/g,
    ([, name = '', body = '']) => [
      { name, args: parameters(body, /<arg_key>([^]*?)<\/arg_key>\s*<arg_value>([^]*?)<\/arg_value>/g) },
    ],
  ),
  // DeepSeek: <｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME\n```json\nARGUMENTS\n```
  format(
    /<[|｜]tool▁call▁begin[|｜]>(?:function)?<?[|｜]?(?:tool▁sep[|｜]>)?\s*([\w.-]+)\s*(?:<[|｜]tool▁sep[|｜]>)?\s*(?:```(?:json)?\s*)?(\{[^]*?\})\s*(?:```)?\s*(?:<[|｜]tool▁call▁end[|｜]>|$)/g,
    named,
  ),
  // Kimi: <|tool_call_begin|>functions.NAME:0<|tool_call_argument_begin|>ARGUMENTS<|tool_call_end|>
  format(
    /<\|tool_call_begin\|>\s*([\w.:-]+)\s*<\|tool_call_argument_begin\|>\s*([^]*?)\s*(?:<\|tool_call_end\|>|$)/g,
    named,
  ),
  // gpt-oss: <|channel|>commentary to=functions.NAME <|constrain|>json<|message|>ARGUMENTS<|call|>
  format(
    /(?:<\|start\|>assistant)?<\|channel\|>commentary\s+to=([\w.:-]+)[^<]*(?:<\|constrain\|>\w+)?<\|message\|>([^]*?)(?:<\|call\|>|<\|end\|>|$)/g,
    named,
  ),
  // Mistral: [TOOL_CALLS]NAME[ARGS]ARGUMENTS, or a list of calls
  format(
    /\[TOOL_CALLS\]\s*([\w.-]+)\s*(?:\[CALL_ID\][\w-]*)?\s*\[ARGS\]\s*(\{[^]*?\})\s*(?=\[TOOL_CALLS\]|$)/g,
    named,
  ),
  // all others put JSON between marks
  format(
    /(?:<\|?(?:tool_calls?|function_calls?|functioncall|python_tag|minimax:tool_call|start_function_call)\|?>|\[TOOL_CALLS\]|\[TOOL_REQUEST\]|```(?:tool_call|tool_code|tool_request)\s)\s*([^]*?)\s*(?:<\/?\|?\/?(?:tool_calls?|function_calls?|functioncall|tool_call_end|minimax:tool_call|end_function_call)\|?>|\[\/TOOL_CALLS\]|\[END_TOOL_REQUEST\]|```|$)/g,
    ([, body = '']) => callsIn(parseAll(body.replace(/\s*<\|[a-z_]+\|>\s*$/, ''))),
  ),
]

function named([, name = '', args = '']: RegExpExecArray): readonly WrittenCall[] {
  const [value] = parseAll(args)
  return isFields(value) ? [{ name, args: value }] : args.trim() === '' ? [{ name, args: {} }] : []
}

function parameters(body: string, pattern: RegExp): Record<string, unknown> {
  return Object.fromEntries(
    [...body.matchAll(pattern)].map(([, key = '', value = '']) => [key.trim(), looseValue(value.trim())]),
  )
}

/** A parameter's value: JSON if it is some, else the text itself. */
function looseValue(text: string): unknown {
  if (!/^(?:[[{"]|-?\d|true$|false$|null$)/.test(text)) return text
  return parseOne(text) ?? (text === 'null' ? null : text)
}

function callsIn(values: readonly unknown[]): WrittenCall[] {
  return values.flat().flatMap((value) => {
    if (!isFields(value)) return []
    const calls = value['tool_calls']
    if (Array.isArray(calls)) return callsIn(calls)
    const called = isFields(value['function']) ? value['function'] : value
    const name = ['name', 'function', 'tool', 'tool_name', 'action', 'function_name']
      .map((key) => called[key])
      .find((text): text is string => typeof text === 'string')
    const given = ['arguments', 'parameters', 'args', 'tool_input', 'action_input', 'input', 'params']
      .map((key) => called[key])
      .find((item) => item !== undefined)
    const args = typeof given === 'string' ? parseOne(given) : (given ?? {})
    return name !== undefined && isFields(args) ? [{ name, args }] : []
  })
}

/** The JSON values of a text: one, or several below or behind each other. */
function parseAll(text: string): unknown[] {
  const whole = parseOne(text)
  if (whole !== undefined) return [whole]
  const values = text.split(/\n+|(?<=\})\s*[;,]\s*(?=\{)/).map(parseOne)
  return values.filter((value) => value !== undefined)
}

function parseOne(text: string): unknown {
  try {
    return JSON.parse(text.trim())
  } catch {
    return undefined
  }
}
