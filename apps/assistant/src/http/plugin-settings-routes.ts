import type { FastifyInstance, FastifyReply } from 'fastify'
import { errorMessage, isPluggramError, z } from '@pluggram/sdk'
import type { AdminService } from '@pluggram/sdk'

const chatId = z.coerce.number().int().optional()
const changeSchema = z.strictObject({
  key: z.string().min(1).max(200),
  /** Left out or null: removes the setting. */
  text: z.string().max(100_000).nullish(),
  chat: z.int().optional(),
})

/**
 * `GET /api/plugins/:name/settings?chat=ID`, and `POST` with `{ key, text, chat }` to change one.
 */
export function registerPluginSettingsRoutes(
  server: FastifyInstance,
  admin: Pick<AdminService, 'settings' | 'changeSetting'>,
): void {
  server.get<{ Params: { name: string }; Querystring: { chat?: string } }>(
    '/api/plugins/:name/settings',
    async (request, reply) => {
      const chat = chatId.safeParse(request.query.chat)
      if (!chat.success) return refuse(reply, 400, 'chat is the id of a chat: a whole number.')
      return answer(reply, async () => ({ settings: await admin.settings(request.params.name, chat.data) }))
    },
  )
  server.post<{ Params: { name: string } }>('/api/plugins/:name/settings', async (request, reply) => {
    const change = changeSchema.safeParse(request.body)
    if (!change.success) return refuse(reply, 400, 'Send { key, text, chat }; text and chat may be left out.')
    const { key, text, chat } = change.data
    return answer(reply, async () => {
      await admin.changeSetting({
        plugin: request.params.name,
        key,
        ...(typeof text === 'string' && { text }),
        ...(chat !== undefined && { chatId: chat }),
      })
      return { changed: true }
    })
  })
}

async function answer(reply: FastifyReply, work: () => Promise<object>): Promise<object> {
  try {
    return await work()
  } catch (error) {
    if (!isPluggramError(error)) throw error
    return refuse(reply, error.code === 'plugin-not-found' ? 404 : 400, errorMessage(error), error.code)
  }
}

function refuse(
  reply: FastifyReply,
  status: number,
  message: string,
  code = 'request-invalid',
): FastifyReply {
  return reply.code(status).send({ error: { code, message } })
}
