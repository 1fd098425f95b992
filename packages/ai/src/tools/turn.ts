import type { ChatMessage, TextRequest } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'
import type { KnownAddresses } from './known-addresses.ts'
import type { SettledCalls } from './settled-calls.ts'
import { TurnGuard } from './turn-guard.ts'
import { markUntrusted, UNTRUSTED_NOTE } from './untrusted-data.ts'

/** A request for text with tools, on behalf of the author of the context's message. */
export interface ToolRequest extends TextRequest {
  readonly context: CallContext
  /** The plugin that answers. */
  readonly plugin?: string
}

/** One answer to one message, from the first step to the last. */
export interface Turn {
  readonly request: TextRequest
  readonly guard: TurnGuard
}

const TOOLS_NOTE = `You can call tools. ${UNTRUSTED_NOTE} A call with an effect outside of this chat may have to wait until a person presses a button; when a result says that it waits, say so in a few words and do not make the call again.`

/** Creates turns. */
export class Turns {
  readonly #known: KnownAddresses
  readonly #settled: SettledCalls

  constructor(known: KnownAddresses, settled: SettledCalls) {
    this.#known = known
    this.#settled = settled
  }

  /**
   * @param strangers plugins whose tools are described in words that the owner has not read
   * @param earlier what tools gave before the answer waited, if it goes on now
   */
  async begin(
    { context, ...request }: ToolRequest,
    {
      strangers,
      earlier = [],
    }: { readonly strangers: ReadonlySet<string>; readonly earlier?: readonly string[] | undefined },
  ): Promise<Turn> {
    const { chat } = context
    const { messages, system = '', modelText = '' } = request
    // no earlier messages, so this is a new conversation
    const isFresh = messages.length <= 1
    if (isFresh && context.continues === undefined) await this.#known.forgetSeen(chat)
    const [calls, seenAddresses, agreedHosts] = await Promise.all([
      this.#settled.take(chat),
      this.#known.seen(chat),
      this.#known.agreedHosts(chat),
    ])
    await this.sawResults(context, [...earlier, ...calls.map(({ text }) => text)])
    const own = messages.filter((message) => message.role === 'user' && !isForeign(message))
    const others = messages.filter((message) => message.role === 'user' && isForeign(message))
    const answers = messages.filter(({ role }) => role === 'assistant')
    // an answer may have made up an address, or extended one with data
    const written = [modelText, ...answers.map(({ content }) => content)]
    const guard = new TurnGuard({
      ownText: textOf(own),
      otherText: [system.replace(modelText, ''), textOf(others), ...written].join('\n'),
      modelText: written.join('\n'),
      seenAddresses,
      agreedHosts,
      isForeign: chat.type !== 'private' || request.isUntrusted === true || messages.some(isForeign),
      isPrivate: !isFresh || system !== '',
      strangers,
    })
    for (const text of earlier) guard.sawResult(text)
    const notes = calls.map(({ tool, args, outcome, text }) => {
      guard.sawResult(text)
      const call = `${tool}(${JSON.stringify(args ?? {})})`
      return outcome === 'refused'
        ? `[Meanwhile a person refused the call ${call}.]`
        : `[Meanwhile a person approved the call ${call}; it ${outcome === 'done' ? 'is done and gave' : 'failed with'}:]\n${markUntrusted(tool, text)}`
    })
    return {
      guard,
      request: {
        ...request,
        system: [system, TOOLS_NOTE].filter(Boolean).join('\n\n'),
        messages: withNotes(messages, notes),
      },
    }
  }

  /** Records texts that tools gave: the addresses in them may be asked for in later messages. */
  async sawResults({ chat }: CallContext, texts: readonly string[]): Promise<void> {
    await this.#known.see(chat, texts)
  }
}

/**
 * Whether a message holds text that the user did not write, or follows from such text. A file may
 * contain anything, even a photo.
 */
function isForeign({ role, files = [], isForeign: isMarked = role === 'assistant' }: ChatMessage): boolean {
  return isMarked || files.length > 0
}

function textOf(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join('\n')
}

/** Inserts notes before the user's current message. */
function withNotes(messages: readonly ChatMessage[], notes: readonly string[]): readonly ChatMessage[] {
  const last = messages.at(-1)
  if (!last || notes.length === 0) return messages
  return [...messages.slice(0, -1), { ...last, content: [...notes, last.content].join('\n\n') }]
}
