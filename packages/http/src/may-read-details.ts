import type { FastifyRequest } from 'fastify'
import { isTrueLoopback } from './client-address.ts'
import { isSame } from './is-same.ts'
import { passwordClient, sessionOf } from './login-routes.ts'
import type { LoginOptions } from './login-routes.ts'

export interface DetailsOptions {
  readonly login: LoginOptions
  /** Lets monitoring read metrics and health, if the owner set one. */
  metricsToken?(): string | undefined
  /**
   * Whether a program on this machine needs no proof. Default: yes. Off where everybody seems to be
   * on this machine, such as behind a proxy that does not tell of itself.
   */
  readonly isLoopbackTrusted?: boolean
}

/**
 * Whether the request may read metrics and the details of health: it comes from this machine, where
 * that counts, or carries a session, the metrics token, or the password by HTTP Basic.
 */
export async function mayReadDetails(
  request: FastifyRequest,
  { login, isLoopbackTrusted = true, ...details }: DetailsOptions,
): Promise<boolean> {
  if ((isLoopbackTrusted && isTrueLoopback(request)) || sessionOf(request, login)) return true
  const { authorization = '' } = request.headers
  const token = /^Bearer (\S{1,1000})$/i.exec(authorization)?.[1]
  const metricsToken = details.metricsToken?.()
  if (token !== undefined) return metricsToken !== undefined && isSame(token, metricsToken)
  const password = basicPassword(authorization)
  if (password === undefined || !login.passwordDoor?.isOpen) return false
  return (await login.passwordDoor.check(password, passwordClient(request, login))) === 'right'
}

function basicPassword(header: string): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}
