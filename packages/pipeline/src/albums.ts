import { endsWithin } from '@pluggram/base'
import type { Command, IncomingMessage, TextEntity } from '@pluggram/sdk'
import type { IncomingUpdate, MessageStore } from '@pluggram/sdk/runtime'

/** An album is complete when none of its parts came for this long. */
const QUIET_MS = 1_200
/**
 * The same for parts that an earlier run left. The program may have ended between two parts, and the
 * next one arrives only once the source receives again.
 */
const QUIET_AFTER_START_MS = 5_000
/** Bot API: an album has 2 to 10 messages. */
const MAX_PARTS = 10
const CAPTION_GAP = '\n\n'

/** Where the parts are. */
export interface AlbumStore extends Pick<MessageStore, 'waiting' | 'merge'> {
  /** The newest caption of a part, when it was edited. */
  reword(
    part: IncomingUpdate,
  ): { readonly update: IncomingUpdate; readonly editIds: readonly number[] } | undefined
}

interface OpenAlbum {
  readonly key: string
  /** The updates of its parts. The first one waits in the lane of the chat for all. */
  readonly updateIds: number[]
  /** By the monotonic clock. */
  quietAt: number
  readonly full: PromiseWithResolvers<void>
}

/**
 * Gathers the messages of albums. Telegram sends an album as one update for each of its pictures or
 * files, and does not say how many there are.
 *
 *   first part ──▶ its lane ──its turn──▶ wait until it is quiet ──▶ one update with all, on disk ──▶ as any other
 *   other parts ──▶ on disk only
 */
export class Albums {
  readonly #store: AlbumStore
  readonly #byFirst = new Map<number, OpenAlbum>()
  /** The albums that take further parts. */
  readonly #byKey = new Map<string, OpenAlbum>()
  readonly #closing = Promise.withResolvers<void>()
  #isClosing = false

  constructor(store: AlbumStore) {
    this.#store = store
  }

  /**
   * Adds a part. True for the first part of an album: that one is put into a lane.
   * @param isLeft an earlier run left it
   */
  add(update: IncomingUpdate, isLeft: boolean): boolean {
    const key = `${update.chat.id}/${update.chat.topicId ?? ''}/${update.user.id}/${update.album}`
    const quietAt = performance.now() + (isLeft ? QUIET_AFTER_START_MS : QUIET_MS)
    const known = this.#byKey.get(key)
    if (!known) {
      const album = { key, quietAt, updateIds: [update.updateId], full: Promise.withResolvers<void>() }
      this.#byKey.set(key, album)
      this.#byFirst.set(update.updateId, album)
      return true
    }
    known.updateIds.push(update.updateId)
    known.quietAt = Math.max(known.quietAt, quietAt)
    if (known.updateIds.length === MAX_PARTS) {
      this.#byKey.delete(key)
      known.full.resolve()
    }
    return false
  }

  /**
   * Waits until an album is complete, and makes one update of it. `undefined` when the assistant
   * stops before: the next start gathers the parts again.
   * @param first its first part
   */
  async gather(first: IncomingUpdate): Promise<IncomingUpdate | undefined> {
    const album = this.#byFirst.get(first.updateId)
    const isComplete = album === undefined || (await this.#isQuiet(album))
    if (!isComplete) return undefined
    this.#forget(album)
    const parts: IncomingUpdate[] = []
    const done: number[] = []
    for (const id of album?.updateIds ?? [first.updateId]) {
      const stored = await this.#store.waiting(id)
      if (!stored) continue
      const reworded = this.#store.reword(stored.update)
      parts.push(reworded?.update ?? stored.update)
      done.push(...(reworded?.editIds ?? []))
      if (id !== first.updateId) done.push(id)
    }
    const whole = joinParts(first, parts)
    await this.#store.merge(whole, done)
    return whole
  }

  /** Albums that are still open stay on disk: nothing arrives any more that would complete them. */
  close(): void {
    this.#isClosing = true
    this.#closing.resolve()
  }

  async #isQuiet(album: OpenAlbum): Promise<boolean> {
    const over = Promise.race([album.full.promise, this.#closing.promise])
    for (;;) {
      const left = album.quietAt - performance.now()
      if (left <= 0 || album.updateIds.length >= MAX_PARTS) return true
      if (this.#isClosing) return false
      await endsWithin(over, Math.ceil(left))
    }
  }

  #forget(album: OpenAlbum | undefined): void {
    const [first] = album?.updateIds ?? []
    if (!album || first === undefined) return
    this.#byFirst.delete(first)
    if (this.#byKey.get(album.key) === album) this.#byKey.delete(album.key)
  }
}

/**
 * One update with everything that the parts have, in the order of their messages. It keeps the id of
 * the first part that came.
 */
function joinParts(
  { album: _album, ...first }: IncomingUpdate,
  parts: readonly IncomingUpdate[],
): IncomingUpdate {
  const messages = parts.map(({ message }) => message).toSorted((one, other) => one.id - other.id)
  const [lead = first.message] = messages
  const said = messages.filter(({ text }) => text !== '')
  const isUnclear = said.length > 1 && said.length < messages.length
  const replyTo = messages.find((message) => message.replyTo)?.replyTo
  // one part from elsewhere makes the album one from elsewhere: nothing counts as the user's own by mistake
  const origin = messages.find((message) => message.origin !== undefined)?.origin
  const carried = messages.flatMap((message) => message.carried ?? [])
  const command = origin === undefined && commandOf(parts, said[0])
  const { command: _command, ...rest } = first as typeof first & { command?: Command }
  return {
    ...rest,
    ...(command && { command }),
    message: {
      id: lead.id,
      ...joinTexts(said),
      attachments: messages.flatMap(({ attachments }) => attachments),
      date: lead.date,
      isEdited: false,
      isAddressed: messages.some(({ isAddressed }) => isAddressed),
      ...(replyTo && { replyTo }),
      ...(origin !== undefined && { origin }),
      ...(carried.length > 0 && { carried: unique(carried) }),
      parts: messages.map(({ id }) => id),
      ...(isUnclear && { captionedParts: said.map((message) => messages.indexOf(message)) }),
      ...(lead.albumId !== undefined && { albumId: lead.albumId }),
    },
  }
}

/** A command counts where the words of the album begin. */
function commandOf(
  parts: readonly IncomingUpdate[],
  spoken: IncomingMessage | undefined,
): Command | undefined {
  return parts.find(({ message }) => message === spoken)?.command
}

function joinTexts(said: readonly IncomingMessage[]): Pick<IncomingMessage, 'text' | 'entities'> {
  let text = ''
  const entities: TextEntity[] = []
  for (const message of said) {
    if (text !== '') text += CAPTION_GAP
    const start = text.length
    text += message.text
    entities.push(...message.entities.map((entity) => ({ ...entity, offset: entity.offset + start })))
  }
  return { text, entities }
}

/** Each part of an album repeats what all of them carry, such as a quote. */
function unique(carried: NonNullable<IncomingMessage['carried']>): NonNullable<IncomingMessage['carried']> {
  return [...new Map(carried.map((item) => [`${item.from}\n${item.text}`, item])).values()]
}
