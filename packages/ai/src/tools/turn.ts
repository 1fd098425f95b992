import type { ChatMessage, Store, TextRequest } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'
import { chatKey } from './chat-key.ts'
import type { SettledCalls } from './settled-calls.ts'
import { TurnGuard } from './turn-guard.ts'
import { markUntrusted, UNTRUSTED_NOTE } from './untrusted-data.ts'

/** A request for text with tools, on behalf of whoever wrote the context's message. */
export interface ToolRequest extends TextRequest {
  readonly context: CallContext
}

/** One answer to one message, from the first step to the last. */
export interface Turn {
  readonly request: TextRequest
  readonly guard: TurnGuard
}

/** What others wrote stays in a conversation as long as it goes on without pause. */
const TAINT_SECONDS = 24 * 3_600

const TOOLS_NOTE = `You can call tools. ${UNTRUSTED_NOTE} A call with an effect outside of this chat may have to wait until a person presses a button; when a result says that it waits, say so in a few words and do not make the call again.`

/** Begins turns, and remembers in which conversations text from outside was read. */
export class Turns {
  readonly #store: Store
  readonly #settled: SettledCalls

  constructor(store: Store, settled: SettledCalls) {
    this.#store = store
    this.#settled = settled
  }

  async begin({ context, ...request }: ToolRequest): Promise<Turn> {
    const { chat } = context
    const { messages, system } = request
    // nothing was said before: a new conversation
    const isFresh = messages.length <= 1
    if (isFresh) await this.#store.delete(taintKey(context))
    const isTainted = !isFresh && (await this.#store.get(taintKey(context))) !== undefined
    const calls = await this.#settled.take(chat)
    const guard = new TurnGuard({
      trustedText: [system ?? '', ...messages.map(({ content }) => content)].join('\n'),
      isUntrusted: isTainted || chat.type !== 'private' || holdsOthersText(request),
      isPrivate: !isFresh || system !== undefined,
    })
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

  /** Text from outside was read here: what the model says from now on may come from it. */
  async taint(context: CallContext): Promise<void> {
    await this.#store.set(taintKey(context), true, { ttlSeconds: TAINT_SECONDS })
  }
}

/** A file may say anything, a photo of a page, too. */
function holdsOthersText({ isUntrusted, messages }: TextRequest): boolean {
  return isUntrusted === true || messages.some(({ files }) => files !== undefined && files.length > 0)
}

/** Puts notes before what the person says now. */
function withNotes(messages: readonly ChatMessage[], notes: readonly string[]): readonly ChatMessage[] {
  const last = messages.at(-1)
  if (!last || notes.length === 0) return messages
  return [...messages.slice(0, -1), { ...last, content: [...notes, last.content].join('\n\n') }]
}

function taintKey({ chat }: CallContext): string {
  return `read-others:${chatKey(chat)}`
}
