import { GuardedRegExp } from '@pluggram/plugin-kit'
import type { HttpService, MessageContext, PluginResult } from '@pluggram/sdk'
import { fillInAddress, parseAddress } from './address.ts'
import type { EndpointConfig } from './configuration.ts'
import { sendRequest } from './send-request.ts'
import type { ApiAnswer, ApiRequest } from './send-request.ts'
import { showAnswer, showText } from './show-answer.ts'
import { fillIn, fillInJson, parseTemplate } from './template.ts'

/** One endpoint of the configuration, ready to call. */
export class Endpoint {
  readonly name: string
  readonly config: EndpointConfig
  readonly #pattern: RegExp | undefined

  constructor(name: string, config: EndpointConfig) {
    this.name = name
    this.config = config
    this.#pattern = config.pattern === undefined ? undefined : new GuardedRegExp(config.pattern, 'iu')
  }

  /** The groups that its pattern finds in a message; `undefined` if it does not match. */
  match(message: string): Readonly<Record<string, string>> | undefined {
    const found = this.#pattern?.exec(message)
    return found ? { ...found.groups } : undefined
  }

  /**
   * Sends a message and turns the answer into a reply.
   * @throws ApiError
   */
  async answer(
    message: string,
    {
      http,
      context,
      groups = {},
    }: { http: HttpService; context: MessageContext; groups?: Readonly<Record<string, string>> },
  ): Promise<PluginResult> {
    const data = requestData(message, context, groups)
    const answer = await this.call(message, { http, context, groups })
    const { reply, format } = this.config
    if (reply === undefined) return showAnswer(this.name, answer)
    const { status, content } = answer
    const text = await fillIn(parseTemplate(reply), { ...data, answer: content, status })
    return { success: true, response: { format, ...showText(this.name, text) } }
  }

  /** @throws ApiError */
  async call(
    message: string,
    {
      http,
      context,
      groups = {},
    }: { http: HttpService; context: MessageContext; groups?: Readonly<Record<string, string>> },
  ): Promise<ApiAnswer> {
    const { timeout_seconds: seconds, errors } = this.config
    const request = await this.#request(requestData(message, context, groups), context)
    return sendRequest(http, request, { name: this.name, seconds, errors, signal: context.signal })
  }

  async #request(data: unknown, { idempotencyKey }: MessageContext): Promise<ApiRequest> {
    const { url, method, headers, auth } = this.config
    const filled = await Promise.all(
      Object.entries(headers).map(
        async ([name, value]) => [name, await fillIn(parseTemplate(value), data)] as const,
      ),
    )
    const body = await this.#body(data)
    return {
      url: await fillInAddress(parseAddress(url), data),
      method,
      auth,
      headers: {
        // with this header, a service recognises the request when the update is retried
        ...(method !== 'GET' && { 'idempotency-key': idempotencyKey }),
        ...(body && { 'content-type': body.type }),
        ...Object.fromEntries(filled),
      },
      ...(body && { body: body.text }),
    }
  }

  async #body(data: unknown): Promise<{ text: string; type: string } | undefined> {
    const { method, body_type: bodyType } = this.config
    const isBodyless = method === 'GET' || method === 'DELETE'
    const body = this.config.body ?? (isBodyless ? undefined : { message: '{{ message }}' })
    if (body === undefined || method === 'GET') return undefined
    const value = await fillInJson(body, data)
    if (bodyType === 'json') return { text: JSON.stringify(value), type: 'application/json' }
    const fields = typeof value === 'object' && value !== null ? Object.entries(value) : []
    const form = new URLSearchParams(
      fields.map(([key, item]) => [key, typeof item === 'string' ? item : JSON.stringify(item)]),
    )
    return { text: form.toString(), type: 'application/x-www-form-urlencoded' }
  }
}

/** The variables of expressions. */
function requestData(
  message: string,
  { chat, user }: MessageContext,
  groups: Readonly<Record<string, string>>,
): object {
  const { id, firstName, username, languageCode } = user
  return {
    message,
    match: groups,
    user: { id, first_name: firstName, username: username ?? null, language: languageCode ?? null },
    chat: { id: chat.id, type: chat.type, title: chat.title ?? null },
  }
}
