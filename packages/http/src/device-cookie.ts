import { createHmac, randomBytes } from 'node:crypto'
import { isSame } from './is-same.ts'

/** A cookie for a browser that was logged in. It lets nobody in; it only tells browsers apart. */
export function deviceCookie(key: string): string {
  const id = randomBytes(12).toString('base64url')
  return `${id}.${sign(key, id)}`
}

/** The device that the cookie names, if this assistant made it. */
export function deviceOf(cookie: string | undefined, key: string): string | undefined {
  const [id = '', signature = ''] = cookie?.split('.') ?? []
  return id !== '' && isSame(signature, sign(key, id)) ? `device ${id}` : undefined
}

function sign(key: string, id: string): string {
  return createHmac('sha256', key).update(`device ${id}`).digest('base64url')
}
