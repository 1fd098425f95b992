import { ApiError } from './api-error.ts'
import { fillIn, parseTemplate } from './template.ts'
import type { Template } from './template.ts'
import { TEXTS } from './texts.ts'

/**
 * Checks an address that contains expressions. They may only follow the host, so that nobody but
 * the owner decides where requests go.
 * @throws Error
 */
export function parseAddress(text: string): Template {
  const template = parseTemplate(text)
  const [one, other] = [probe(template, 'x'), probe(template, 'y')]
  if (!one || !other || !/^https?:$/.test(one.protocol))
    throw new Error('does not start with https:// or http://')
  if (one.origin !== other.origin)
    throw new Error('has an expression in its host; expressions may stand behind it only')
  if (one.username !== '' || one.password !== '') throw new Error('has a name or password in it; use "auth"')
  return template
}

function probe({ texts }: Template, filling: string): URL | null {
  return URL.parse(texts.join(filling))
}

/** The host of an address, for the permission to reach it. */
export function hostOf(template: Template): string {
  return probe(template, 'x')?.hostname.replaceAll(/[[\]]/g, '') ?? ''
}

/**
 * Fills in an address. Values of expressions are encoded, and cannot change the structure of the
 * path.
 * @throws ApiError
 */
export async function fillInAddress(template: Template, data: unknown): Promise<URL> {
  const shape = probe(template, 'x')
  const url = URL.parse(await fillIn(template, data, (text) => encodeURIComponent(text.toWellFormed())))
  // "." and ".." contain no character that is encoded, and would climb up in the path
  const isSame = shape && url?.origin === shape.origin && segments(url) === segments(shape)
  if (!isSame) throw new ApiError(TEXTS.cannotLookedUp)
  return url
}

function segments(url: URL): number {
  return url.pathname.split('/').length
}
