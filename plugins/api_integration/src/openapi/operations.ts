import { z } from '@pluggram/sdk'
import type { OpenApiConfig } from '../configuration.ts'
import { parseDocument, resolve } from './document.ts'
import type { OpenApiDocument } from './document.ts'

/** One parameter of an operation. */
interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
}

/** One operation of a document, ready to be offered and called. */
export interface Operation {
  /** The name of its command and tool. */
  readonly name: string
  readonly description: string
  readonly method: string
  /** The server's address and the path, with `{name}` for parameters. */
  readonly address: string
  readonly parameters: readonly Parameter[]
  /** The argument that holds the body; absent if there is none. */
  readonly body?: string
  /** JSON Schema of all arguments. */
  readonly schema: Readonly<Record<string, unknown>>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
const MAX_OPERATIONS = 50

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: z.record(z.string(), z.unknown()).default({}),
})
const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z
    .looseObject({
      required: z.boolean().default(false),
      content: z.record(z.string(), z.looseObject({ schema: z.unknown().optional() })).default({}),
    })
    .optional(),
})

/**
 * The operations that a document offers and the owner wants.
 * @throws Error if the document has no server address, or lacks an operation that the owner names
 */
export function readOperations(config: OpenApiConfig): Operation[] {
  const document = parseDocument(config.document)
  const server = config.server ?? document.servers?.[0]?.url ?? ''
  if (!/^https?:\/\/[^{]+$/.test(server))
    throw new Error('its document names no server with an address; write it into "server"')
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      if (item[method] === undefined) return []
      const operation = readOperation({ document, config, path, method, item })
      return operation ? [{ id: operation.id, ...operation.operation }] : []
    }),
  )
  const wanted = config.operations
  const missing = wanted?.find((id) => !found.some((operation) => operation.id === id))
  if (missing !== undefined) throw new Error(`its document has no usable operation "${missing}"`)
  const chosen = wanted ? found.filter(({ id }) => wanted.includes(id)) : found
  return chosen.slice(0, MAX_OPERATIONS).map(({ id: _id, ...operation }) => ({
    ...operation,
    address: server.replace(/\/$/, '') + operation.address,
  }))
}

interface Place {
  readonly document: OpenApiDocument
  readonly config: OpenApiConfig
  readonly path: string
  readonly method: (typeof METHODS)[number]
  readonly item: Readonly<Record<string, unknown>>
}

/**
 * One operation; `undefined` if it needs something that cannot be given here, such as a cookie or a
 * file.
 */
function readOperation(place: Place): { id: string; operation: Operation } | undefined {
  const { document, config, path, method, item } = place
  const { data } = operationSchema.safeParse(resolve(document, item[method]))
  if (!data) return undefined
  const shared = z
    .array(z.unknown())
    .catch([])
    .parse(resolve(document, item['parameters'] ?? []))
  const declared = [...shared, ...data.parameters].flatMap(
    (value) => parameterSchema.safeParse(value).data ?? [],
  )
  // a parameter of the operation overrides the same one of its path
  const byName = [
    ...new Map(declared.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values(),
  ]
  const usable = byName.filter((parameter) => ['path', 'query', 'header'].includes(parameter.in))
  if (byName.some((parameter) => parameter.required && !usable.includes(parameter))) return undefined
  const content = Object.entries(data.requestBody?.content ?? {}).find(([type]) =>
    /[/+]json\b/.test(type),
  )?.[1]
  if (!content && data.requestBody?.required) return undefined
  const id = data.operationId ?? `${method}_${path}`
  const bodyName = usable.some(({ name }) => name === 'body') ? 'request_body' : 'body'
  const required = usable
    .filter((parameter) => parameter.required || parameter.in === 'path')
    .map(({ name }) => name)
  if (content && data.requestBody?.required) required.push(bodyName)
  const properties = usable.map(({ name, schema, description }) => [
    name,
    { ...schema, ...(description !== undefined && { description: description.slice(0, 500) }) },
  ])
  const operation: Operation = {
    name: toName(config.prefix === undefined ? id : `${config.prefix}_${id}`),
    description:
      [data.summary, data.description].filter(Boolean).join('. ').slice(0, 1_000) ||
      `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    address: path,
    parameters: usable.map(({ name, in: where, required: isRequired }) => ({
      name,
      in: where as Parameter['in'],
      required: isRequired || where === 'path',
    })),
    ...(content && { body: bodyName }),
    schema: {
      type: 'object',
      properties: { ...Object.fromEntries(properties), ...(content && { [bodyName]: content.schema ?? {} }) },
      required,
    },
  }
  return { id, operation }
}

/** `getPetById` → `get_pet_by_id`: a valid name for a command and a tool. */
function toName(id: string): string {
  const words = id
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return (/^[a-z]/.test(words) ? words : `op_${words}`).slice(0, 32).replace(/_+$/, '')
}
