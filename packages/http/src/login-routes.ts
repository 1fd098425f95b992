import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress, isHttps } from './client-address.ts'
import { deviceCookie, deviceOf } from './device-cookie.ts'
import type { LoginLinks } from './login-links.ts'
import { escapeHtml, messagePage } from './page.ts'
import type { PasswordDoor } from './password-door.ts'
import type { Session, Sessions } from './sessions.ts'

const PASSWORD_FORM = `<form method="post" action="/login"><input type="password" name="password" aria-label="Password" placeholder="Password"
 autocomplete="current-password" required autofocus><button>Log in</button></form>`
const USED = 'This login link was used already, or it is too old.'
const DEVICE_SECONDS = 365 * 24 * 60 * 60

export interface LoginOptions {
  readonly links: LoginLinks
  readonly sessions: Sessions
  readonly cookieName: string
  /** Marks browsers that were logged in before. */
  readonly deviceKey: string
  /** Where the owner's password is taken, if there is one. */
  readonly passwordDoor?: PasswordDoor
}

/** The valid session that the request carries. */
export function sessionOf(
  request: FastifyRequest,
  { sessions, cookieName }: LoginOptions,
): Session | undefined {
  return sessions.find(request.cookies[cookieName])
}

/**
 * Who sends a password: a browser that was logged in before, or an address. A stranger at the same
 * address cannot slow down such a browser.
 */
export function passwordClient(request: FastifyRequest, { deviceKey, cookieName }: LoginOptions): string {
  return deviceOf(request.cookies[deviceCookieName(cookieName)], deviceKey) ?? clientAddress(request)
}

/**
 * `GET /login?token=…` shows a page whose button redeems the one-time link, so that nothing that only
 * looks at the link uses it up. `POST /login` takes the link's token, or the password where there is
 * one.
 */
export function registerLoginRoutes(server: FastifyInstance, options: LoginOptions): void {
  server.get<{ Querystring: { token?: string | string[] } }>('/login', (request, reply) => {
    const { token } = request.query
    if (sessionOf(request, options)) return reply.redirect('/playground', 303)
    if (typeof token !== 'string') return refuse(reply, options)
    if (!options.links.isValid(token)) return refuse(reply, options, USED)
    return html(reply, messagePage('Log in', ['This link works once.'], linkForm(token)))
  })
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4_096 },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )
    scope.post('/login', async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const token = form.get('token')
      if (token === null)
        return takePassword(request, reply, { ...options, given: form.get('password') ?? '' })
      if (options.links.redeem(token)) return enter(request, reply, options, 'link')
      return refuse(reply, options, USED)
    })
  })
}

async function takePassword(
  request: FastifyRequest,
  reply: FastifyReply,
  { given, ...options }: LoginOptions & { readonly given: string },
): Promise<FastifyReply> {
  const { passwordDoor } = options
  if (!passwordDoor?.isOpen) return refuse(reply, options)
  switch (await passwordDoor.check(given, passwordClient(request, options))) {
    case 'right':
      return enter(request, reply, options, 'password')
    case 'wrong':
      return refuse(reply, options, 'That is not the password.')
    case 'wait':
      return refuse(reply.code(429), options, 'Too many wrong passwords. Try again in a few seconds.')
  }
}

function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, cookieName, deviceKey }: LoginOptions,
  by: Session['by'],
): FastifyReply {
  const cookie = sessions.create(by, clientAddress(request), request.headers['user-agent'] ?? '')
  const attributes = {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: isHttps(request),
  } as const
  return reply
    .setCookie(cookieName, cookie, { ...attributes, maxAge: sessions.lifetimeSeconds })
    .setCookie(deviceCookieName(cookieName), deviceCookie(deviceKey), {
      ...attributes,
      maxAge: DEVICE_SECONDS,
    })
    .redirect('/playground', 303)
}

function deviceCookieName(cookieName: string): string {
  return `${cookieName}_device`
}

function linkForm(token: string): string {
  return `<form method="post" action="/login"><input type="hidden" name="token" value="${escapeHtml(token)}"><button autofocus>Log in</button></form>`
}

function refuse(reply: FastifyReply, options: LoginOptions, reason?: string): FastifyReply {
  const advice = 'Run "npx pluggram login" in the folder where the assistant runs: it prints a new link.'
  const paragraphs = reason ? [reason, advice] : [advice]
  const page = messagePage('Please log in', paragraphs, options.passwordDoor?.isOpen ? PASSWORD_FORM : '')
  return html(reply.code(reply.statusCode === 200 ? 401 : reply.statusCode), page)
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
}
