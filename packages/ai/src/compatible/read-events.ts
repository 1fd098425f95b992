/** Marks the end of a stream in OpenAI's protocol. */
export const DONE = '[DONE]'

/** One message of a stream: its text, and whether the server calls it an error. */
export interface StreamEvent {
  readonly data: string
  readonly isError: boolean
}

/** Longest text kept of a body that is neither events nor JSON, for example an error page. */
const MAX_PROSE = 4_000

/**
 * Reads a body of a model server as messages, whatever the server says it is: server-sent events,
 * one JSON value per line, or one JSON value in all. Anything else is one message of prose.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const lines = readLines(body)
  let pending = new PendingEvent()
  for await (const line of lines) {
    const start = line.trimStart()
    if (start === '') {
      yield* pending.take()
      pending = new PendingEvent()
    } else if (/^[{[]/.test(start)) {
      // JSON outside of an event: an answer in one piece, a line of many, or an error
      yield* pending.take()
      yield* readJson(line, lines)
    } else if (start.startsWith('<')) {
      yield { data: await readProse(line, lines), isError: true }
    } else {
      yield* pending.add(start)
    }
  }
  yield* pending.take()
}

/** The lines of one server-sent event. */
class PendingEvent {
  #data: string | undefined
  #isError = false

  /** @returns the event before, if this line begins another one */
  add(line: string): StreamEvent[] {
    const [, field = '', value = ''] = /^([a-z]*):? ?(.*)$/is.exec(line) ?? []
    if (field === 'event') this.#isError = value.trim() === 'error'
    if (field !== 'data') return []
    // some servers leave out the blank line between two events
    const before = this.#data !== undefined && isWhole(this.#data) ? this.take() : []
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
    return before
  }

  take(): StreamEvent[] {
    const events = this.#data === undefined ? [] : [{ data: this.#data, isError: this.#isError }]
    this.#data = undefined
    return events
  }
}

async function* readJson(first: string, rest: AsyncGenerator<string>): AsyncGenerator<StreamEvent> {
  let text = first
  while (!isWhole(text)) {
    const next = await rest.next()
    if (next.done) break
    text += `\n${next.value}`
  }
  yield { data: text, isError: false }
}

async function readProse(first: string, rest: AsyncGenerator<string>): Promise<string> {
  let text = first
  for await (const line of rest) {
    text += `\n${line}`
    if (text.length > MAX_PROSE) break
  }
  return text.slice(0, MAX_PROSE)
}

function isWhole(text: string): boolean {
  if (text.trim() === DONE) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    // a line feed may follow in the next chunk
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield* (rest + decoder.decode()).split(/\r\n|\n|\r/)
}
