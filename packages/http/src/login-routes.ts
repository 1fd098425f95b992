import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { messagePage } from './page.ts'
import type { PasswordCheck } from './password-check.ts'
import type { LoginLinks, Sessions } from './login-links.ts'

const PASSWORD_FORM = `<form method="post" action="/login"><input type="password" name="password" aria-label="Password"
 autocomplete="current-password" required autofocus><button>Log in</button></form>`

export interface LoginOptions {
  readonly links: LoginLinks
  readonly sessions: Sessions
  readonly cookieName: string
  /** Set when the owner configured one. */
  readonly checkPassword?: PasswordCheck
}

/** Whether the request carries a valid session. */
export function hasSession(request: FastifyRequest, { sessions, cookieName }: LoginOptions): boolean {
  return sessions.isValid(request.cookies[cookieName])
}

/**
 * `GET /login?token=…` redeems a one-time link; `POST /login` takes the password where there is
 * one.
 */
export function registerLoginRoutes(server: FastifyInstance, options: LoginOptions): void {
  server.get<{ Querystring: { token?: string | string[] } }>('/login', (request, reply) => {
    const { token } = request.query
    if (typeof token === 'string' && options.links.redeem(token)) return enter(reply, options)
    if (hasSession(request, options)) return reply.redirect('/playground', 303)
    return refuse(
      reply,
      options,
      token === undefined ? undefined : 'This login link was used already, or it is too old.',
    )
  })
  if (options.checkPassword) registerPasswordRoute(server, options, options.checkPassword)
}

function registerPasswordRoute(server: FastifyInstance, options: LoginOptions, check: PasswordCheck): void {
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4_096 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )
    scope.post('/login', (request, reply) => {
      const given = request.body instanceof URLSearchParams ? (request.body.get('password') ?? '') : ''
      switch (check(given)) {
        case 'right':
          return enter(reply, options)
        case 'wrong':
          return refuse(reply, options, 'That is not the password.')
        case 'wait':
          return refuse(reply.code(429), options, 'Too many wrong passwords. Wait a minute.')
      }
    })
  })
}

function enter(reply: FastifyReply, { sessions, cookieName }: LoginOptions): FastifyReply {
  return reply
    .setCookie(cookieName, sessions.create(), {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      maxAge: sessions.lifetimeSeconds,
    })
    .redirect('/playground', 303)
}

function refuse(reply: FastifyReply, options: LoginOptions, reason: string | undefined): FastifyReply {
  const advice = 'Run "npx pluggram login" in the folder where the assistant runs: it prints a new link.'
  const paragraphs = reason ? [reason, advice] : [advice]
  const page = messagePage('Please log in', paragraphs, options.checkPassword ? PASSWORD_FORM : '')
  return reply
    .code(reply.statusCode === 200 ? 401 : reply.statusCode)
    .type('text/html; charset=utf-8')
    .send(page)
}
