import { PluggramError } from '@pluggram/sdk'
import type { PluginResponse, PluginResult, Reply } from '@pluggram/sdk'
import { isThrown } from '../error-location.ts'
import { checkedStream, isAsyncIterable, isPromise, parseReply, ShapeError } from './parse-reply.ts'

/** More replies to one message than this are a bug in the plugin. */
const MAX_REPLIES = 1_000

/**
 * Parses a plugin's answer into plain objects of known shape; `null` counts as `undefined`.
 * @throws PluggramError `reply-invalid` naming the plugin and the member that is wrong.
 */
export function parseResult(plugin: string, value: unknown): PluginResult | undefined {
  return named(plugin, () => readResult(value))
}

/**
 * The same for the argument of `context.reply`.
 * @throws PluggramError `reply-invalid`
 */
export function parseResponse(plugin: string, value: unknown): PluginResponse {
  return named(plugin, () => readResponse(value))
}

function named<T>(plugin: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    // a plugin's getter or proxy may throw anything, so only our own messages are shown
    const reason = isThrown(error, ShapeError) ? error.message : 'it cannot be read'
    throw new PluggramError('reply-invalid', `Plugin ${plugin} returned an invalid result: ${reason}.`)
  }
}

function readResult(value: unknown): PluginResult | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object') {
    throw new ShapeError(
      `expected { success: true, response } or undefined, got a ${typeof value}. Return { success: true, response: … }`,
    )
  }
  const success: unknown = Reflect.get(value, 'success')
  if (success === false) {
    const error: unknown = Reflect.get(value, 'error')
    if (typeof error === 'string' && error !== '') return { success: false, error }
    throw new ShapeError('success is false but error is not a string')
  }
  if (success !== true)
    throw new ShapeError(
      `success must be true or false, got ${describe(value)}. Return { success: true, response: … }`,
    )
  const response: unknown = Reflect.get(value, 'response')
  const data: unknown = Reflect.get(value, 'data')
  if (response === undefined && data === undefined) refuseOtherAnswers(value)
  return {
    success: true,
    ...(response !== undefined && response !== null && { response: readResponse(response) }),
    ...(data !== undefined && { data }),
  }
}

/** An answer under another name would be silence. `{ success: true }` alone means: done, nothing to say. */
function refuseOtherAnswers(value: object): void {
  const key = Object.keys(value).find((name) => name !== 'success' && Reflect.get(value, name) !== undefined)
  if (key === undefined || key === 'response' || key === 'data') return
  throw new ShapeError(`it has ${key}, which is not shown. Put the answer into response, or facts into data`)
}

function describe(value: object): string {
  if (Array.isArray(value)) return 'an array'
  if (isPromise(value)) return 'a promise: await it'
  return `{ ${Object.keys(value).slice(0, 5).join(', ')} }`
}

function readResponse(value: unknown): PluginResponse {
  if (typeof value === 'string') return value
  if (isAsyncIterable(value)) return checkedStream(value, 'response')
  if (!Array.isArray(value)) return parseReply(value, 'response')
  const { length } = value
  if (length > MAX_REPLIES)
    throw new ShapeError(`response has ${length} replies; ${MAX_REPLIES} are possible`)
  return Array.from({ length }, (_, index): string | Reply => {
    const item: unknown = value[index]
    return typeof item === 'string' ? item : parseReply(item, `response[${index}]`)
  })
}
