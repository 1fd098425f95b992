import { isUint8Array } from 'node:util/types'
import type { Button, Media, Reply, TextEntity, TextStreamEnd } from '@pluggram/sdk'

/** Names the wrong member of an answer. The message contains none of the plugin's values. */
export class ShapeError extends Error {}

const FORMATS = ['plain', 'markdown', 'html', 'model-markdown'] as const
const MEDIA_KINDS = ['photo', 'document', 'voice', 'audio', 'video'] as const
const DELIVERIES = ['at-least-once', 'at-most-once'] as const
const MAX_BUTTON_BYTES = 1_024
/** Telegram shows at most 100 buttons. */
const MAX_BUTTONS = 100
const MAX_ENTITIES = 10_000

export function isAsyncIterable(value: unknown): value is AsyncIterable<string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, Symbol.asyncIterator) === 'function'
  )
}

export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}

/**
 * Copies a reply and reads each member once, so that getters cannot return something else later.
 */
export function parseReply(input: unknown, at: string): Reply {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ShapeError(`${at} must be text or a reply such as { text: '…' }`)
  }
  if (isPromise(input)) throw new ShapeError(`${at} is a promise: await it`)
  const read = (key: keyof Reply): unknown => Reflect.get(input, key) ?? undefined
  const reply: Reply = {
    ...optional('text', read('text'), (value) => {
      if (typeof value === 'string') return value
      if (isAsyncIterable(value)) return checkedStream(value, `${at}.text`)
      throw new ShapeError(isPromise(value) ? `${at}.text is a promise: await it` : `${at}.text must be text`)
    }),
    ...optional('format', read('format'), (format) => oneOf(FORMATS, format, `${at}.format`)),
    ...optional('entities', read('entities'), (entities) => parseEntities(entities, `${at}.entities`)),
    ...optional('buttons', read('buttons'), (rows) => parseButtons(rows, `${at}.buttons`)),
    ...optional('previewButtons', read('previewButtons'), (rows) =>
      parseButtons(rows, `${at}.previewButtons`),
    ),
    ...optional('media', read('media'), (media) => parseMedia(media, `${at}.media`)),
    ...optional('location', read('location'), (location) => parseLocation(location, `${at}.location`)),
    ...optional('reaction', read('reaction'), (reaction) => words(reaction, `${at}.reaction`)),
    ...optional('replyToMessageId', read('replyToMessageId'), (id) =>
      idOf('message', id, `${at}.replyToMessageId`),
    ),
    ...optional('editMessageId', read('editMessageId'), (id) => idOf('message', id, `${at}.editMessageId`)),
    ...optional('replacesAnswerTo', read('replacesAnswerTo'), (id) =>
      idOf('message', id, `${at}.replacesAnswerTo`),
    ),
    ...optional('silent', read('silent'), (silent) => flag(silent, `${at}.silent`)),
    ...optional('linkPreview', read('linkPreview'), (preview) => flag(preview, `${at}.linkPreview`)),
    ...optional('delivery', read('delivery'), (delivery) => oneOf(DELIVERIES, delivery, `${at}.delivery`)),
  }
  const hasContent = ['text', 'media', 'location', 'reaction'].some((key) => key in reply)
  const editsButtons = reply.editMessageId !== undefined && reply.buttons !== undefined
  if (hasContent || editsButtons) return reply
  throw new ShapeError(`${at} has nothing to send: give it text, media, location or reaction`)
}

/** The same stream; what it returns is read like a reply. */
export function checkedStream(stream: AsyncIterable<string>, at: string): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]()
      return {
        async next() {
          const { done, value } = await iterator.next()
          return done === true ? { done, value: parseStreamEnd(value, at) } : { done: false, value }
        },
        async return(value: unknown) {
          await iterator.return?.()
          return { done: true, value }
        },
      }
    },
  }
}

function parseStreamEnd(value: unknown, at: string): TextStreamEnd | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const buttons: unknown = Reflect.get(value, 'buttons') ?? undefined
  return buttons === undefined ? undefined : { buttons: parseButtons(buttons, `the end of ${at}: buttons`) }
}

function optional<Key extends keyof Reply, Value>(
  key: Key,
  value: unknown,
  parse: (value: unknown) => Value,
): Record<Key, Value> | undefined {
  return value === undefined ? undefined : ({ [key]: parse(value) } as Record<Key, Value>)
}

function parseButtons(value: unknown, at: string): Button[][] {
  if (!Array.isArray(value)) throw new ShapeError(`${at} must be an array of rows`)
  if (value.length > MAX_BUTTONS) throw new ShapeError(`${at} has more than ${MAX_BUTTONS} rows`)
  const rows = Array.from(value, (row: unknown, index) => {
    if (!Array.isArray(row)) throw new ShapeError(`${at}[${index}] must be a row, an array of buttons`)
    if (row.length > MAX_BUTTONS) throw new ShapeError(`${at}[${index}] has more than ${MAX_BUTTONS} buttons`)
    return Array.from(row, (button: unknown, place) => parseButton(button, `${at}[${index}][${place}]`))
  })
  const filled = rows.filter((row) => row.length > 0)
  if (filled.flat().length > MAX_BUTTONS) throw new ShapeError(`${at} has more than ${MAX_BUTTONS} buttons`)
  return filled
}

function parseButton(value: unknown, at: string): Button {
  if (typeof value !== 'object' || value === null) throw new ShapeError(`${at} must be a button`)
  const label = words(Reflect.get(value, 'text'), `${at}.text`)
  const url: unknown = Reflect.get(value, 'url') ?? undefined
  const data: unknown = Reflect.get(value, 'data') ?? undefined
  if (url !== undefined) {
    if (typeof url === 'string' && URL.canParse(url)) return { text: label, url }
    throw new ShapeError(`${at}.url must be a whole address such as https://example.com`)
  }
  if (data === undefined) throw new ShapeError(`${at} needs data or url`)
  const bytes = Buffer.byteLength(words(data, `${at}.data`))
  const onlyFor: unknown = Reflect.get(value, 'onlyFor') ?? undefined
  if (bytes <= MAX_BUTTON_BYTES) {
    return {
      text: label,
      data: String(data),
      ...(onlyFor !== undefined && { onlyFor: idOf('user', onlyFor, `${at}.onlyFor`) }),
    }
  }
  throw new ShapeError(
    `${at}.data has ${bytes} bytes; ${MAX_BUTTON_BYTES} are possible. Keep longer data in services.store and put its key into the button`,
  )
}

function parseEntities(value: unknown, at: string): TextEntity[] {
  if (!Array.isArray(value)) throw new ShapeError(`${at} must be an array`)
  if (value.length > MAX_ENTITIES) throw new ShapeError(`${at} has more than ${MAX_ENTITIES} entities`)
  return Array.from(value, (entity: unknown, index) => parseEntity(Object(entity), `${at}[${index}]`))
}

function parseEntity(entity: object, at: string): TextEntity {
  const member = (key: keyof TextEntity): unknown => Reflect.get(entity, key) ?? undefined
  const [url, language] = [member('url'), member('language')]
  return {
    type: words(member('type'), `${at}.type`),
    offset: count(member('offset'), `${at}.offset`),
    length: count(member('length'), `${at}.length`),
    ...(url !== undefined && { url: words(url, `${at}.url`) }),
    ...(language !== undefined && { language: words(language, `${at}.language`) }),
  }
}

function parseMedia(value: unknown, at: string): Media {
  if (typeof value !== 'object' || value === null) throw new ShapeError(`${at} must be { kind, source }`)
  const kind = oneOf(MEDIA_KINDS, Reflect.get(value, 'kind'), `${at}.kind`)
  const fileName: unknown = Reflect.get(value, 'fileName') ?? undefined
  return {
    kind,
    source: parseSource(Reflect.get(value, 'source'), `${at}.source`),
    ...(fileName !== undefined && { fileName: words(fileName, `${at}.fileName`) }),
  }
}

function parseSource(value: unknown, at: string): Media['source'] {
  if (isUint8Array(value)) {
    if (value.byteLength > 0) return value
    throw new ShapeError(`${at} has no bytes; Telegram refuses empty files`)
  }
  if (typeof value === 'object' && value !== null) {
    const url: unknown = Reflect.get(value, 'url') ?? undefined
    const fileId: unknown = Reflect.get(value, 'fileId') ?? undefined
    if (fileId !== undefined) return { fileId: words(fileId, `${at}.fileId`) }
    if (typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url)) return { url }
  }
  throw new ShapeError(`${at} must be bytes (Uint8Array), { url: 'https://…' } or { fileId }`)
}

function parseLocation(value: unknown, at: string): { latitude: number; longitude: number } {
  const latitude: unknown = Reflect.get(Object(value), 'latitude')
  const longitude: unknown = Reflect.get(Object(value), 'longitude')
  if (isWithin(latitude, 90) && isWithin(longitude, 180)) return { latitude, longitude }
  throw new ShapeError(`${at} must have latitude (-90 to 90) and longitude (-180 to 180)`)
}

function isWithin(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= limit
}

function words(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ShapeError(`${at} must be text`)
}

function flag(value: unknown, at: string): boolean {
  if (typeof value === 'boolean') return value
  throw new ShapeError(`${at} must be true or false`)
}

function count(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ShapeError(`${at} must be a whole number of 0 or more`)
}

function idOf(what: 'message' | 'user', value: unknown, at: string): number {
  // anonymous administrators and channels write under the id of a chat, which is negative
  const isId = typeof value === 'number' && Number.isSafeInteger(value) && value !== 0
  if (isId && (value > 0 || what === 'user')) return value
  throw new ShapeError(`${at} must be a ${what}'s id`)
}

function oneOf<const Value extends string>(values: readonly Value[], value: unknown, at: string): Value {
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new ShapeError(`${at} must be one of ${values.join(', ')}`)
}
