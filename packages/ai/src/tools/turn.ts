import type { ChatMessage, TextRequest } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'
import type { ReadBefore } from './read-before.ts'
import type { SettledCalls } from './settled-calls.ts'
import { TurnGuard } from './turn-guard.ts'
import { markUntrusted, UNTRUSTED_NOTE } from './untrusted-data.ts'

/** A request for text with tools, on behalf of the author of the context's message. */
export interface ToolRequest extends TextRequest {
  readonly context: CallContext
}

/** One answer to one message, from the first step to the last. */
export interface Turn {
  readonly request: TextRequest
  readonly guard: TurnGuard
}

const TOOLS_NOTE = `You can call tools. ${UNTRUSTED_NOTE} A call with an effect outside of this chat may have to wait until a person presses a button; when a result says that it waits, say so in a few words and do not make the call again.`

/** Creates turns. */
export class Turns {
  readonly #readBefore: ReadBefore
  readonly #settled: SettledCalls

  constructor(readBefore: ReadBefore, settled: SettledCalls) {
    this.#readBefore = readBefore
    this.#settled = settled
  }

  async begin({ context, ...request }: ToolRequest): Promise<Turn> {
    const { chat } = context
    const { messages, system } = request
    // no earlier messages, so this is a new conversation
    const isFresh = messages.length <= 1
    if (isFresh) await this.#readBefore.forget(chat)
    const read = await this.#readBefore.addresses(chat)
    const calls = await this.#settled.take(chat)
    const isForeign = holdsOthersText(request)
    // the answer may repeat the results, and it stays in the conversation
    if (isForeign || calls.length > 0) {
      await this.#readBefore.add(chat, [...said(messages), ...calls.map(({ text }) => text)])
    }
    const guard = new TurnGuard({
      trustedText: [system ?? '', ...said(messages), ...(read ?? [])].join('\n'),
      modelText: request.modelText ?? '',
      isUntrusted: read !== undefined || chat.type !== 'private' || isForeign,
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

  /** Records third-party text: whatever the model says from now on may be derived from it. */
  async taint({ chat }: CallContext, texts: readonly string[]): Promise<void> {
    await this.#readBefore.add(chat, texts)
  }
}

/**
 * Texts written by people. The model's answers do not count: it may invent an address, or extend
 * one with data.
 */
function said(messages: readonly ChatMessage[]): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content)
}

/** Whether the request contains third-party text. A file may contain anything, even a photo. */
function holdsOthersText({ isUntrusted, messages }: TextRequest): boolean {
  return isUntrusted === true || messages.some(({ files }) => files !== undefined && files.length > 0)
}

/** Inserts notes before the user's current message. */
function withNotes(messages: readonly ChatMessage[], notes: readonly string[]): readonly ChatMessage[] {
  const last = messages.at(-1)
  if (!last || notes.length === 0) return messages
  return [...messages.slice(0, -1), { ...last, content: [...notes, last.content].join('\n\n') }]
}
