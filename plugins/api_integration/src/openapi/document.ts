import { z } from '@pluggram/sdk'
import { parse } from 'yaml'

const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\.\d/, 'is no OpenAPI 3'),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

/** The parts of an OpenAPI 3 document that are checked here. The rest is read where it is used. */
export type OpenApiDocument = z.infer<typeof documentSchema>

const MAX_DEPTH = 12
const MAX_PARTS = 5_000

/**
 * Parses a document, as JSON or YAML.
 * @throws Error
 */
export function parseDocument(source: unknown): OpenApiDocument {
  // few aliases: a small file must not expand to gigabytes
  const value: unknown = typeof source === 'string' ? parse(source, { maxAliasCount: 50 }) : source
  const { data, error } = documentSchema.safeParse(value)
  if (data) return data
  const [issue] = error.issues
  throw new Error(
    `is no OpenAPI 3 document (${issue?.path.join('.') || 'at its top'}: ${issue?.message ?? ''})`,
  )
}

/**
 * Resolves each `$ref` that points into the document. A reference to itself, or more than 5,000
 * resolved parts, becomes “anything”: otherwise schemas that refer to each other would grow without
 * end. Nothing outside the document is fetched.
 */
export function resolve(document: OpenApiDocument, value: unknown): unknown {
  let parts = 0
  function unfold(part: unknown, depth: number): unknown {
    parts += 1
    if (depth > MAX_DEPTH || parts > MAX_PARTS) return {}
    if (Array.isArray(part)) return part.map((item: unknown) => unfold(item, depth + 1))
    if (typeof part !== 'object' || part === null) return part
    const { $ref: reference } = part as { $ref?: unknown }
    if (typeof reference === 'string') return unfold(lookUp(document, reference), depth + 1)
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, unfold(item, depth + 1)]))
  }
  return unfold(value, 0)
}

function lookUp(document: OpenApiDocument, reference: string): unknown {
  if (!reference.startsWith('#/')) return {}
  let value: unknown = document
  for (const part of reference.slice(2).split('/')) {
    const key = keyOf(part)
    if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return {}
    value = Reflect.get(value, key)
  }
  return value
}

/** The key that a part of a reference names; `undefined` if it is badly encoded. */
function keyOf(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return undefined
  }
}
