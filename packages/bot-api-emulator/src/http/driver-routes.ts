import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { compact } from '../compact.ts'
import { DriverError } from '../driver-error.ts'
import type { ChatDriver, OutgoingFile, TranscriptMessage } from '../drive-types.ts'
import { MAX_BODY_BYTES, MAX_UPLOAD_BYTES } from '../options.ts'
import { BodyFields } from './body-fields.ts'
import { handleDriverError } from './driver-errors.ts'
import { openEventStream } from './event-stream.ts'

const CHAT_TYPES = ['group', 'supergroup', 'channel'] as const
const FILE_KINDS = ['photo', 'document', 'voice', 'audio', 'video'] as const
/** Types that a browser displays and that cannot contain scripts. */
const INLINE_TYPE = /^(?:image\/(?!svg)|audio\/|video\/)/

/**
 * Mounts the chat driver's HTTP routes (listed in `drive-types.ts`) on a Fastify 5 instance. They
 * have their own scope, so hooks, parsers and error handling do not leak. The caller is responsible
 * for authentication.
 *
 * @example
 * app.register(async (scope) => registerChatDriver(scope, emulator), { prefix: '/api/playground' })
 */
export function registerChatDriver(
  fastify: FastifyInstance,
  emulator: { readonly driver: ChatDriver },
): void {
  fastify.register(async (scope) => {
    if (!scope.hasRequestDecorator('parts')) await scope.register(multipart)
    scope.setErrorHandler(handleDriverError)
    const streams = new Set<() => void>()
    scope.addHook('preClose', async () => {
      for (const end of streams) end()
    })
    registerReading(scope, emulator.driver, streams)
    registerNewcomers(scope, emulator.driver)
    registerMessages(scope, emulator.driver)
  })
}

function registerReading(scope: FastifyInstance, driver: ChatDriver, streams: Set<() => void>): void {
  scope.get('/state', () => driver.state())

  scope.get('/chats/:chatId/messages', (request) => ({
    messages: driver.transcript(pathOf(request).number('chatId')),
  }))

  scope.get('/files/:fileId', (request, reply) => {
    const file = driver.file(pathOf(request).string('fileId'))
    const disposition = INLINE_TYPE.test(file.mimeType)
      ? 'inline'
      : `attachment; filename*=UTF-8''${encodeRfc5987(file.fileName)}`
    return reply
      .type(INLINE_TYPE.test(file.mimeType) ? file.mimeType : 'application/octet-stream')
      .header('content-disposition', disposition)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cache-control', 'private, max-age=3600, immutable')
      .send(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength))
  })

  scope.get('/events', (request, reply) => {
    openEventStream(driver, request, reply, streams)
  })
}

function registerNewcomers(scope: FastifyInstance, driver: ChatDriver): void {
  scope.post('/users', (request) => {
    const body = new BodyFields(request.body)
    return driver.createUser(
      compact({
        firstName: body.string('firstName'),
        lastName: body.optionalString('lastName'),
        username: body.optionalString('username'),
        languageCode: body.optionalString('languageCode'),
      }),
    )
  })

  scope.post('/chats', (request) => {
    const body = new BodyFields(request.body)
    return driver.createChat({
      type: body.oneOf('type', CHAT_TYPES),
      title: body.string('title'),
      memberIds: body.numbers('memberIds'),
    })
  })
}

function registerMessages(scope: FastifyInstance, driver: ChatDriver): void {
  scope.post('/chats/:chatId/messages', (request) => {
    const body = new BodyFields(request.body)
    return driver.sendMessage(
      pathOf(request).number('chatId'),
      compact({
        userId: body.number('userId'),
        text: body.string('text'),
        replyToMessageId: body.optionalNumber('replyToMessageId'),
      }),
    )
  })

  scope.post('/chats/:chatId/content', (request) => {
    const body = new BodyFields(request.body)
    return driver.sendContent(
      pathOf(request).number('chatId'),
      compact({
        userId: body.number('userId'),
        content: body.object('content'),
        replyToMessageId: body.optionalNumber('replyToMessageId'),
      }),
    )
  })

  scope.patch('/chats/:chatId/messages/:messageId', (request) => {
    const path = pathOf(request)
    const body = new BodyFields(request.body)
    return driver.editMessage(path.number('chatId'), path.number('messageId'), {
      userId: body.number('userId'),
      text: body.string('text'),
    })
  })

  scope.post('/chats/:chatId/messages/:messageId/press', (request) => {
    const path = pathOf(request)
    const body = new BodyFields(request.body)
    return driver.pressButton(path.number('chatId'), path.number('messageId'), {
      userId: body.number('userId'),
      row: body.number('row'),
      column: body.number('column'),
    })
  })

  scope.post('/chats/:chatId/messages/:messageId/reaction', (request, reply) => {
    const path = pathOf(request)
    const body = new BodyFields(request.body)
    driver.react(path.number('chatId'), path.number('messageId'), {
      userId: body.number('userId'),
      emoji: body.optionalString('emoji') ?? null,
    })
    return reply.code(204).send()
  })

  scope.get('/chats/:chatId/drafts', (request) => ({
    drafts: driver.drafts(pathOf(request).number('chatId')),
  }))

  scope.post('/chats/:chatId/drafts/:draftId/stop', (request, reply) => {
    const path = pathOf(request)
    driver.stopDraft(path.number('chatId'), path.number('draftId'))
    return reply.code(204).send()
  })

  scope.post('/chats/:chatId/files', { bodyLimit: MAX_BODY_BYTES }, (request) => receiveFile(request, driver))

  scope.post('/chats/:chatId/location', (request) => {
    const body = new BodyFields(request.body)
    return driver.sendLocation(pathOf(request).number('chatId'), {
      userId: body.number('userId'),
      latitude: body.number('latitude'),
      longitude: body.number('longitude'),
    })
  })
}

/** Reads the form; the file may come before or after the fields. */
async function receiveFile(request: FastifyRequest, driver: ChatDriver): Promise<TranscriptMessage> {
  const chatId = pathOf(request).number('chatId')
  if (!request.isMultipart()) {
    throw new DriverError(400, 'body-invalid', 'Send the file as multipart/form-data.')
  }
  const fields: Record<string, unknown> = {}
  let file: Pick<OutgoingFile, 'bytes' | 'fileName' | 'mimeType'> | undefined
  for await (const part of request.parts({ limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 10 } })) {
    if (part.type === 'file') {
      file = { bytes: await part.toBuffer(), fileName: part.filename || 'file', mimeType: part.mimetype }
    } else {
      fields[part.fieldname] = part.value
    }
  }
  if (!file) throw new DriverError(400, 'file-missing', 'The form has no part named "file".')
  const body = new BodyFields(fields)
  return driver.sendFile(
    chatId,
    compact({
      ...file,
      userId: body.number('userId'),
      kind: body.oneOf('kind', FILE_KINDS),
      caption: body.optionalString('caption'),
      albumId: body.optionalString('albumId'),
      replyToMessageId: body.optionalNumber('replyToMessageId'),
    }),
  )
}

function pathOf(request: FastifyRequest): BodyFields {
  return new BodyFields(request.params)
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
