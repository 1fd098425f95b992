import type { FastifyInstance } from 'fastify'

/** Telegram's updates are small; a message's text is at most 4,096 characters. */
const BODY_LIMIT_BYTES = 1_048_576
const RETRY_AFTER_SECONDS = 5
const TAKEN = '{"ok":true}'
const TAKEN_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'content-length': TAKEN.length }

/** What the route needs of the Telegram gateway. */
export interface WebhookReceiver {
  checkSecret(header: string | string[] | undefined): boolean
  /** False while the assistant starts or has more to do than it can hold. */
  isAccepting(): boolean
  accept(update: unknown): Promise<void>
}

/**
 * `POST /telegram/webhook`: the secret is checked before the body is read; then only JSON up to 1 MiB is
 * taken. 503 asks Telegram to come back, which it does (Bot API: setWebhook).
 */
export function registerWebhookRoute(server: FastifyInstance, receiver: WebhookReceiver): void {
  void server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain')
    scope.post(
      '/telegram/webhook',
      {
        bodyLimit: BODY_LIMIT_BYTES,
        onRequest: async (request, reply) => {
          const secret = request.headers['x-telegram-bot-api-secret-token']
          if (secret === undefined)
            return reply.code(401).send(problem('secret-missing', 'The secret token is missing.'))
          if (!receiver.checkSecret(secret))
            return reply.code(403).send(problem('secret-wrong', 'The secret token is wrong.'))
          if (!receiver.isAccepting()) {
            return reply
              .code(503)
              .header('retry-after', RETRY_AFTER_SECONDS)
              .send(problem('busy', 'The assistant is starting or busy; try again.'))
          }
        },
      },
      async (request, reply) => {
        if (typeof request.body !== 'object' || request.body === null || Array.isArray(request.body)) {
          return reply
            .code(400)
            .send(problem('not-an-update', 'The body must be a JSON object: a Telegram update.'))
        }
        await receiver.accept(request.body)
        // past the hooks of pages: this is the one route that is asked thousands of times a second
        reply.hijack()
        reply.raw.writeHead(200, TAKEN_HEADERS).end(TAKEN)
      },
    )
  })
}

function problem(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } }
}
