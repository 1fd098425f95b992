import { ApiError } from '../api-error.ts'
import { TEXTS } from '../texts.ts'
import type { Operation } from './operations.ts'

/** The usage line of an operation's command: `/pets_get ID [status=…]`. */
export function commandUsage({ name, parameters, body }: Operation): string {
  const words = parameters.map((parameter) =>
    parameter.required ? parameter.name.toUpperCase() : `[${parameter.name}=…]`,
  )
  return [`/${name}`, ...words, ...(body === undefined ? [] : ['{ JSON }'])].join(' ').slice(0, 200)
}

/**
 * Reads the arguments of a command: required parameters in order, any parameter as `name=value`,
 * and a body as JSON at the end.
 * @throws ApiError
 */
export function commandArguments(operation: Operation, written: string): Record<string, unknown> {
  const start = operation.body === undefined ? -1 : written.search(/[[{]/)
  const args: Record<string, unknown> = {}
  if (operation.body !== undefined && start !== -1) args[operation.body] = parseBody(written.slice(start))
  const words = (start === -1 ? written : written.slice(0, start)).match(/\S+/g) ?? []
  const names = new Set(operation.parameters.map(({ name }) => name))
  const positional: string[] = []
  for (const word of words) {
    const [, name = '', value = ''] = /^([\w.-]+)=(.*)$/.exec(word) ?? []
    if (names.has(name)) args[name] = convert(operation, name, value)
    else positional.push(word)
  }
  for (const { name } of operation.parameters.filter(({ required }) => required)) {
    const word = args[name] === undefined ? positional.shift() : undefined
    if (word !== undefined) args[name] = convert(operation, name, word)
    if (args[name] === undefined) throw new ApiError(TEXTS.pleaseWrite(commandUsage(operation)))
  }
  if (positional.length > 0) throw new ApiError(TEXTS.pleaseWrite(commandUsage(operation)))
  return args
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new ApiError(TEXTS.partBracesNotJson)
  }
}

/** Arguments are text; the schema says which type they have. */
function convert({ schema }: Operation, name: string, text: string): unknown {
  const { properties } = schema as { properties?: Record<string, { type?: unknown }> }
  const type = properties?.[name]?.type
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true'
  return type === 'array' ? text.split(',') : text
}
