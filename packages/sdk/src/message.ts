/** Where a conversation happens (Bot API: Chat). */
export interface Chat {
  readonly id: number
  readonly type: 'private' | 'group' | 'supergroup' | 'channel'
  /** A group's or channel's title; a private chat has none. */
  readonly title?: string
  /** The forum topic of the message, where the chat has topics. */
  readonly topicId?: number
  /**
   * In a supergroup without topics: a message in a thread of replies, such as the comments on a
   * channel's post. What is sent here without a quote answers it, and so stays in the thread.
   */
  readonly threadMessageId?: number
  /** The time zone that was set for a group with `/timezone`. What concerns all its members uses it. */
  readonly timeZone?: string
}

/**
 * The author of a message (Bot API: User). Channel posts and anonymous admins have the chat's id
 * and title.
 */
export interface User {
  readonly id: number
  readonly firstName: string
  readonly lastName?: string
  readonly username?: string
  /** IETF language tag as the user's client reports it, for example `de` or `pt-BR`. */
  readonly languageCode?: string
  readonly isBot: boolean
}

/** A run of formatted text; offsets and lengths count UTF-16 units (Bot API: MessageEntity). */
export interface TextEntity {
  readonly type: string
  readonly offset: number
  readonly length: number
  /** Of a `text_link`: the address behind the words. */
  readonly url?: string
  /** Of `pre`: the programming language. */
  readonly language?: string
  /** Of a `text_mention`: the person that the words mean. */
  readonly userId?: number
  readonly customEmojiId?: string
  /** Of a `date_time`: the moment that the words mean, in seconds since 1970. */
  readonly unixTime?: number
}

/** A smaller picture of a file, made by Telegram. Pass it to `context.download` to read its bytes. */
export interface Preview {
  readonly fileId: string
  readonly width: number
  readonly height: number
  /** Size in bytes, if Telegram reports it. */
  readonly size?: number
}

interface FileAttachment {
  /** Pass the attachment to `context.download` to read its bytes. */
  readonly fileId: string
  /** Size in bytes, if Telegram reports it. */
  readonly size?: number
  readonly fileName?: string
  readonly mimeType?: string
  /** The largest first: the smaller sizes of a photo, a still picture of a video or a file. */
  readonly previews?: readonly Preview[]
}

/**
 * Content of a message other than text. `kind` identifies it. Read files with `context.download`.
 */
export type Attachment =
  | (FileAttachment & { readonly kind: 'photo'; readonly width: number; readonly height: number })
  | (FileAttachment & { readonly kind: 'document' })
  | (FileAttachment & { readonly kind: 'voice'; /** Seconds. */ readonly duration: number })
  | (FileAttachment & { readonly kind: 'audio'; readonly duration: number; readonly title?: string })
  | (FileAttachment & {
      readonly kind: 'video'
      readonly width: number
      readonly height: number
      readonly duration: number
    })
  | (FileAttachment & { readonly kind: 'sticker'; readonly emoji?: string })
  | { readonly kind: 'location'; readonly latitude: number; readonly longitude: number }
  | {
      readonly kind: 'contact'
      readonly phoneNumber: string
      readonly name: string
      /** More about the person, as a vCard; absent when Telegram has none. */
      readonly vcard?: string
    }
  /** A thrown 🎲, 🎯, 🎰 or the like, with the value that Telegram threw. */
  | { readonly kind: 'dice'; readonly emoji: string; readonly value: number }

/** An attachment that is a file. */
export type DownloadableAttachment = Extract<Attachment, { fileId: string }>

/** Words of others that came along with a message, such as a quote or a poll. */
export interface CarriedText {
  /** What they are and who wrote them, for example `a quote`. */
  readonly from: string
  readonly text: string
  readonly entities?: readonly TextEntity[]
  /** Files of an answered message of another chat. */
  readonly attachments?: readonly Attachment[]
}

/** An incoming message. */
export interface IncomingMessage {
  /** Unique within its chat. */
  readonly id: number
  /** The text, or the caption of an attachment; '' when there is neither. */
  readonly text: string
  readonly entities: readonly TextEntity[]
  readonly attachments: readonly Attachment[]
  readonly date: Date
  /**
   * True when the user edited an earlier message. Only plugins with `updates: ['edited_message']`
   * receive these.
   */
  readonly isEdited: boolean
  /** True in private chats, and in groups when the bot is mentioned, replied to, or commanded. */
  readonly isAddressed: boolean
  readonly replyTo?: {
    readonly id: number
    readonly text: string
    /** Absent when the text has no formatting. */
    readonly entities?: readonly TextEntity[]
    readonly fromBot: boolean
    /** What that message had besides text; absent when it had nothing. */
    readonly attachments?: readonly Attachment[]
    /** Words of others in that message, such as a poll's or a quote. */
    readonly carried?: readonly CarriedText[]
    /** Its author's id; absent for the bot, channels and anonymous administrators. */
    readonly userId?: number
    /** True when the same user wrote that message here. */
    readonly isOwn?: boolean
  }
  /**
   * Where the text and the attachments come from, if the user did not write them here: for example
   * `forwarded, from Eve`. Such a message has no command. Absent for the user's own words.
   */
  readonly origin?: string
  /** Words of others that came along. They are never the user's own, whatever `origin` is. */
  readonly carried?: readonly CarriedText[]
  /**
   * Set for an album, which is one message here: the ids of all its messages. `id` is the first of
   * them, `attachments` has the files of all in order, and `text` is its caption (several captions
   * are joined).
   */
  readonly parts?: readonly number[]
  /**
   * Of an album with several captions, but not one for each part: the indexes in `parts` of those
   * that have one, in the order of `text`.
   */
  readonly captionedParts?: readonly number[]
  /**
   * The album that the message belongs to. Telegram sends its parts one by one; one that comes more
   * than a second after the others is a message of its own with the same `albumId`.
   */
  readonly albumId?: string
}
