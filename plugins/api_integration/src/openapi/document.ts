import { z } from '@pluggram/sdk'
import { parse } from 'yaml'

const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\.\d/, 'is no OpenAPI 3'),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

/** An OpenAPI 3 document, as far as it is looked into here; the rest is read where it is used. */
export type OpenApiDocument = z.infer<typeof documentSchema>

const MAX_DEPTH = 12

/**
 * Reads a document, as JSON or YAML.
 * @throws Error
 */
export function parseDocument(source: unknown): OpenApiDocument {
  // few aliases: a small file must not unfold into gigabytes
  const value: unknown = typeof source === 'string' ? parse(source, { maxAliasCount: 50 }) : source
  const { data, error } = documentSchema.safeParse(value)
  if (data) return data
  const [issue] = error.issues
  throw new Error(
    `is no OpenAPI 3 document (${issue?.path.join('.') || 'at its top'}: ${issue?.message ?? ''})`,
  )
}

/** Puts in place what `$ref` points to inside the document; what refers to itself ends as “anything”. */
export function resolve(document: OpenApiDocument, value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return {}
  if (Array.isArray(value)) return value.map((item: unknown) => resolve(document, item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const { $ref: reference } = value as { $ref?: unknown }
  if (typeof reference === 'string') return resolve(document, lookUp(document, reference), depth + 1)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(document, item, depth + 1)]),
  )
}

function lookUp(document: OpenApiDocument, reference: string): unknown {
  if (!reference.startsWith('#/')) return {}
  let value: unknown = document
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return {}
    value = Reflect.get(value, key)
  }
  return value
}
