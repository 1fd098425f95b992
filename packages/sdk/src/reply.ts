import type { TextEntity } from './message.ts'

/**
 * How `Reply.text` is written. `plain` (the default) shows every character as it stands.
 * `model-markdown` is Markdown that a language model wrote: the address of a link is shown behind
 * its words, so that nobody is led elsewhere unseen.
 */
export type TextFormat = 'plain' | 'markdown' | 'html' | 'model-markdown'

/** A button under a reply: it sends `data` back to the plugin that made it, or opens `url`. */
export type Button =
  | {
      readonly text: string
      /**
       * At most 59 bytes of UTF-8. Pressing calls `processMessage(data, context)` with
       * `context.callback` set.
       */
      readonly data: string
    }
  | { readonly text: string; readonly url: string }

/**
 * A file to send: bytes, a public https address that Telegram fetches, or a file Telegram has
 * already.
 */
export interface Media {
  readonly kind: 'photo' | 'document' | 'voice' | 'audio' | 'video'
  readonly source: Uint8Array | { readonly url: string } | { readonly fileId: string }
  /** What the receiver sees; defaults to the kind. */
  readonly fileName?: string
}

/** A reply with more than plain text. Text beside `media` becomes its caption. */
export interface Reply {
  /** Text, or text that is still being written. Long text is split, never cut. */
  readonly text?: string | AsyncIterable<string>
  readonly format?: TextFormat
  /**
   * Formatting beside a `plain` text, as `message.entities` has it. What Telegram cannot show is
   * left out.
   */
  readonly entities?: readonly TextEntity[]
  /** Rows of buttons; they stand under the last part of a split text. */
  readonly buttons?: readonly (readonly Button[])[]
  /**
   * Rows of buttons under a text while it is being written, where that is a message already (in
   * groups); they go when the text is complete. Private chats show unfinished text as a draft,
   * which carries no buttons.
   */
  readonly previewButtons?: readonly (readonly Button[])[]
  readonly media?: Media
  readonly location?: { readonly latitude: number; readonly longitude: number }
  /** An emoji put on the user's message. */
  readonly reaction?: string
  /** Answers that message visibly. */
  readonly replyToMessageId?: number
  /**
   * Changes that message of the assistant's instead of sending a new one; `media` cannot be changed
   * this way.
   */
  readonly editMessageId?: number
  /** Sends without a sound. Default false. */
  readonly silent?: boolean
  /** Shows a preview of the first link. Default false. */
  readonly linkPreview?: boolean
  /**
   * What happens when the answer to a send is lost, so that nobody knows whether it arrived: it is
   * sent again (`at-least-once`, the default), or left alone (`at-most-once`).
   */
  readonly delivery?: 'at-least-once' | 'at-most-once'
}

/**
 * What a plugin answers with: text, a reply, several of them in order, or text that is still being
 * written.
 */
export type PluginResponse = string | Reply | readonly (string | Reply)[] | AsyncIterable<string>

/**
 * The outcome of a message. `undefined` (instead of a result) means "not mine": the next plugin is
 * asked. A result with `data` and no `response` is shown as readable text; with neither, nothing is
 * sent.
 */
export type PluginResult =
  | { readonly success: true; readonly response?: PluginResponse; readonly data?: unknown }
  | { readonly success: false; /** Shown to the user: short, no secrets. */ readonly error: string }

/** A message that was sent. */
export interface SentMessage {
  readonly id: number
  readonly chatId: number
}

/** How a plugin is doing, as `getStatus` tells it; shown in `/status` and `/readyz`. */
export interface PluginStatus {
  /** For example `active`, `degraded`, `waiting`. */
  readonly status: string
  readonly [detail: string]: unknown
}
