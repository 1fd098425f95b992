import { ApiError } from '../api-error.ts'
import type { OpenApiConfig } from '../configuration.ts'
import type { ApiRequest } from '../send-request.ts'
import { TEXTS } from '../texts.ts'
import type { Operation } from './operations.ts'

/**
 * The request of an operation with these arguments, already checked against its schema.
 * @throws ApiError
 */
export function operationRequest(
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  auth: OpenApiConfig['auth'],
): ApiRequest {
  const path = operation.address.replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) =>
    pathSegment(args[name]),
  )
  const url = new URL(path)
  const headers: Record<string, string> = {}
  for (const parameter of operation.parameters) {
    const value = args[parameter.name]
    if (value === undefined || value === null) continue
    if (parameter.in === 'header') headers[parameter.name] = toText(value)
    if (parameter.in !== 'query') continue
    for (const item of Array.isArray(value) ? value : [value])
      url.searchParams.append(parameter.name, toText(item))
  }
  const body = operation.body === undefined ? undefined : args[operation.body]
  return {
    url,
    method: operation.method,
    auth,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

function pathSegment(value: unknown): string {
  const text = encodeURIComponent(toText(value).toWellFormed())
  if (text === '' || /^\.{1,2}$/.test(text)) throw new ApiError(TEXTS.cannotLookedUp)
  return text
}

function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
