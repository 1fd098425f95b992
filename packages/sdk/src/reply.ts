import type { TextEntity } from './message.ts'

/**
 * The format of `Reply.text`. `plain` (the default) shows the text unchanged. `model-markdown` is
 * Markdown written by a language model: each link's address is shown after its text, so that a link
 * cannot hide where it leads.
 */
export type TextFormat = 'plain' | 'markdown' | 'html' | 'model-markdown'

/** A button under a reply. It sends `data` back to the plugin that created it, or opens `url`. */
export type Button =
  | {
      readonly text: string
      /**
       * 1 to 1,024 bytes of UTF-8. Pressing calls `processMessage(data, context)` with
       * `context.callback` set. Up to 43 bytes travel in the button; more is stored for 90 days.
       */
      readonly data: string
      /** The id of the only user whose presses count. Default: everybody in the chat. */
      readonly onlyFor?: number
    }
  | { readonly text: string; readonly url: string }

/**
 * A file to send: bytes, a public https address that Telegram fetches, or a file Telegram already
 * has.
 */
export interface Media {
  readonly kind: 'photo' | 'document' | 'voice' | 'audio' | 'video'
  readonly source: Uint8Array | { readonly url: string } | { readonly fileId: string }
  /** The file name the recipient sees. Default: the kind. */
  readonly fileName?: string
}

/** A reply with more than plain text. With `media`, the text becomes the caption. */
export interface Reply {
  /**
   * Text, or a stream of text that is still being written. Long text is split into messages, never
   * truncated. A generator may return a `TextStreamEnd`.
   */
  readonly text?: string | AsyncIterable<string>
  readonly format?: TextFormat
  /**
   * Formatting of a `plain` text, in the form of `message.entities`. Unsupported formatting is
   * dropped.
   */
  readonly entities?: readonly TextEntity[]
  /** Rows of buttons. When the text is split, they appear under the last part. */
  readonly buttons?: readonly (readonly Button[])[]
  /**
   * Rows of buttons shown in groups while the text is being written, and removed when it is
   * complete. Private chats show unfinished text as a draft with Telegram's own button that stops it:
   * the text so far is the answer then, and `context.signal` is aborted.
   */
  readonly previewButtons?: readonly (readonly Button[])[]
  readonly media?: Media
  readonly location?: { readonly latitude: number; readonly longitude: number }
  /** An emoji reaction to the user's message. */
  readonly reaction?: string
  /** Sends the reply as an answer to that message. */
  readonly replyToMessageId?: number
  /** Edits that message of this plugin instead of sending a new one. `media` cannot be edited. */
  readonly editMessageId?: number
  /**
   * The id of a message that this plugin answered before, such as one that was edited. Once this
   * reply has been sent as the answer, the messages of that earlier answer are deleted.
   */
  readonly replacesAnswerTo?: number
  /** Sends without a notification sound. Default false. */
  readonly silent?: boolean
  /** Shows a preview of the first link. Default false. */
  readonly linkPreview?: boolean
  /**
   * What happens when the response to a send is lost, so it is unknown whether the message arrived.
   * `at-least-once` (the default) sends it again; `at-most-once` does not.
   */
  readonly delivery?: 'at-least-once' | 'at-most-once'
}

/** What a text stream may return: a part of its reply that is known only when the text is complete. */
export interface TextStreamEnd {
  /** Rows of buttons, in place of those of the reply. */
  readonly buttons?: readonly (readonly Button[])[]
}

/** A plugin's answer: text, a reply, several of them in order, or a stream of text. */
export type PluginResponse = string | Reply | readonly (string | Reply)[] | AsyncIterable<string>

/**
 * A plugin's result for a message. Returning `undefined` instead means "not mine": the next plugin
 * is asked. A result with only `data` is shown as readable text. With neither `data` nor
 * `response`, nothing is sent.
 */
export type PluginResult =
  | { readonly success: true; readonly response?: PluginResponse; readonly data?: unknown }
  | { readonly success: false; /** Shown to the user: short, no secrets. */ readonly error: string }

/** A message that was sent. */
export interface SentMessage {
  readonly id: number
  readonly chatId: number
}

/** A plugin's health, as `getStatus` returns it. Shown in `/status` and `/readyz`. */
export interface PluginStatus {
  /** For example `active`, `degraded`, `waiting`. */
  readonly status: string
  readonly [detail: string]: unknown
}
