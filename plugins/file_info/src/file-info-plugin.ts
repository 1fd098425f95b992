import { createHash } from 'node:crypto'
import { defineManifest, isPluggramError, z } from '@pluggram/sdk'
import type {
  AssistantConfig,
  Attachment,
  MessageContext,
  PluginResult,
  PluginStatus,
  Reply,
  Services,
} from '@pluggram/sdk'
import { describeFile } from './describe-file.ts'
import type { FileAttachment, FileFacts } from './describe-file.ts'
import { TEXTS } from './texts.ts'

const KEEP_SECONDS = 7 * 24 * 60 * 60
/** Telegram's limit for downloads by bots (Bot API: getFile). */
const MAX_DOWNLOAD_BYTES = 20 * 1_048_576

const configSchema = z.object({
  show_checksum: z.boolean().default(true).describe('Read the file and show its SHA-256'),
})

const rememberedSchema = z.object({
  chatId: z.number(),
  kind: z.enum(['photo', 'document', 'voice', 'audio', 'video']),
  fileId: z.string(),
})

/**
 * Describes a file, or says where a location is: on `/file`, and when no AI model could look at it.
 * The plugin is written as a class.
 */
export default class FileInfoPlugin {
  static readonly manifest = defineManifest({
    name: 'file_info',
    description: 'Details of files and locations',
    help: 'Reply to a file or a location with `/file`, or send one with the caption `/file`, to see its details.',
    commands: {
      file: {
        description: 'Show the details of a file or a location',
        usage: '/file',
        examples: ['what kind of file is this', 'show the details of this file'],
      },
    },
    permissions: { ai: true },
    // after every other plugin, just before the conversation
    priority: -999,
    config: configSchema,
  })

  readonly #showChecksum: boolean
  readonly #services: Services
  #filesSeen = 0

  constructor(config: AssistantConfig, services: Services) {
    this.#showChecksum = configSchema.parse(config.plugins['file_info']).show_checksum
    this.#services = services
  }

  async processMessage(_message: string, context: MessageContext): Promise<PluginResult | undefined> {
    if (context.callback) return this.#sendBack(context.callback.data, context)
    const { attachments, replyTo, isAddressed } = context.message
    if (context.command?.name === 'file') {
      const replies = await this.#describeAll(
        attachments.length > 0 ? attachments : (replyTo?.attachments ?? []),
        context,
      )
      if (replies.length > 0) return { success: true, response: replies }
      return { success: false, error: TEXTS.whichFileReplyFile }
    }
    if (context.command || attachments.length === 0 || !isAddressed || (await this.#hasModel(context))) {
      return undefined
    }
    const replies = await this.#describeAll(attachments, context)
    return replies.length === 0 ? undefined : { success: true, response: replies }
  }

  /** A model answers what was sent, and the question that came with it. */
  async #hasModel(context: MessageContext): Promise<boolean> {
    try {
      return !(await this.#services.ai.model(context)).isDemo
    } catch (error) {
      if (!isPluggramError(error)) throw error
      return false
    }
  }

  async #describeAll(attachments: readonly Attachment[], context: MessageContext): Promise<Reply[]> {
    const replies: Reply[] = []
    for (const attachment of attachments) {
      if (attachment.kind === 'location') replies.push(describeLocation(attachment))
      else if (isFile(attachment)) replies.push(await this.#describe(attachment, context))
    }
    return replies
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: 'active', files_seen: this.#filesSeen }
  }

  async #describe(file: FileAttachment, context: MessageContext): Promise<Reply> {
    this.#filesSeen += 1
    // a file's id is too long for a button, so the button holds a key
    const key = createHash('sha256')
      .update(`${context.chat.id} ${file.fileId}`)
      .digest('base64url')
      .slice(0, 22)
    const remembered = { chatId: context.chat.id, kind: file.kind, fileId: file.fileId }
    await this.#services.store.set(key, remembered, { ttlSeconds: KEEP_SECONDS })
    return {
      text: describeFile(file, await this.#read(file, context)),
      buttons: [[{ text: TEXTS.sendBack, data: key }]],
    }
  }

  async #read(file: FileAttachment, context: MessageContext): Promise<FileFacts> {
    const { size } = file
    if (!this.#showChecksum) return { size }
    if (size !== undefined && size > MAX_DOWNLOAD_BYTES) {
      return { size, note: TEXTS.overMbWhichMore }
    }
    try {
      const bytes = await context.download(file)
      return { size: bytes.byteLength, checksum: createHash('sha256').update(bytes).digest('hex') }
    } catch (error) {
      if (!isPluggramError(error)) throw error
      this.#services.logger.warn('A file could not be read', { error: error.message })
      return { size, note: TEXTS.fileCouldNotDownloaded }
    }
  }

  async #sendBack(key: string, context: MessageContext): Promise<PluginResult> {
    const { data: file } = rememberedSchema.safeParse(await this.#services.store.get(key))
    // a button's data comes from outside: it must not open files of another chat
    if (file?.chatId !== context.chat.id) {
      return { success: false, error: TEXTS.noLongerRememberFile }
    }
    // Telegram resends a known file only as the kind it was first sent as
    return { success: true, response: { media: { kind: file.kind, source: { fileId: file.fileId } } } }
  }
}

function isFile(attachment: Attachment): attachment is FileAttachment {
  return ['photo', 'document', 'voice', 'audio', 'video'].includes(attachment.kind)
}

function describeLocation({ latitude, longitude }: Extract<Attachment, { kind: 'location' }>): Reply {
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  const query = new URLSearchParams({ mlat: String(latitude), mlon: String(longitude) })
  const url = `https://www.openstreetmap.org/?${query.toString()}#map=16/${latitude}/${longitude}`
  return { text: TEXTS.location(place, url), buttons: [[{ text: TEXTS.openMap, url }]] }
}
