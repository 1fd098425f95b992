import type { StandardSchemaV1 } from '@pluggram/sdk'
import { jsonSchemaOf } from '@pluggram/sdk/runtime'
import { deepFreeze } from './deep-freeze.ts'
import type { JsonObject } from '../json-types.ts'
import type { ConfigIssue } from '@pluggram/sdk/runtime'

export type ConfigOutcome =
  | { readonly config: unknown; readonly issues?: undefined }
  | { readonly issues: readonly ConfigIssue[] }

/**
 * Checks a block with the plugin's schema. Returns the frozen configuration for the plugin, or all
 * issues.
 */
export async function validateConfig(
  schema: StandardSchemaV1 | undefined,
  block: JsonObject,
): Promise<ConfigOutcome> {
  // copy it, since the schema or the plugin may change it and it belongs to the configuration
  const input: unknown = structuredClone(block)
  if (schema === undefined) return { config: deepFreeze(input) }
  const result = await schema['~standard'].validate(input)
  if (!result.issues) return { config: deepFreeze(result.value) }
  return {
    issues: result.issues
      .flatMap((issue) => withinUnion(issue))
      .map((issue) => toIssue(issue, block, schema)),
  }
}

/** How deep to look into nested unions. */
const MAX_UNIONS = 5

/**
 * For a union, Zod reports only that nothing fits. This reports the issues of the alternative that
 * fits best or, if none has the right kind, what each expects.
 */
function withinUnion(issue: StandardSchemaV1.Issue, depth = 0): readonly StandardSchemaV1.Issue[] {
  const alternatives: unknown = 'errors' in issue ? issue.errors : undefined
  if (!Array.isArray(alternatives) || alternatives.length === 0 || depth === MAX_UNIONS) return [issue]
  const tries = (alternatives as readonly (readonly StandardSchemaV1.Issue[])[]).map((issues) =>
    issues.flatMap((inner) => withinUnion(inner, depth + 1)),
  )
  const [best] = tries
    .filter((issues) => issues.every((inner) => (inner.path ?? []).length > 0 || 'keys' in inner))
    .toSorted((a, b) => a.length - b.length)
  const path = issue.path ?? []
  if (best) return best.map((inner) => ({ ...inner, path: [...path, ...(inner.path ?? [])] }))
  const messages = new Set(tries.flatMap((issues) => issues.slice(0, 1).map((inner) => inner.message)))
  return [{ message: [...messages].join('; or: '), path }]
}

function toIssue(issue: StandardSchemaV1.Issue, block: JsonObject, schema: StandardSchemaV1): ConfigIssue {
  const path = (issue.path ?? []).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment
    return typeof key === 'symbol' ? String(key) : key
  })
  // what Zod reports beyond the standard
  const keys: unknown = 'keys' in issue ? issue.keys : undefined
  return {
    path,
    message: String(issue.message),
    isMissing: isMissing(block, path),
    ...(Array.isArray(keys) &&
      keys.length > 0 && { keys: keys.map(String), knownKeys: keysAt(schema, path) }),
  }
}

/** The keys that a schema allows at a path, if its form is simple enough. */
function keysAt(schema: StandardSchemaV1, path: readonly (string | number)[]): string[] | undefined {
  let part: unknown = jsonSchemaOf(schema)
  for (const key of path) {
    const members: unknown = Object(part)
    part =
      typeof key === 'number'
        ? Reflect.get(members as object, 'items')
        : Reflect.get(Object(Reflect.get(members as object, 'properties')) as object, key)
  }
  const known: unknown = Reflect.get(Object(part) as object, 'properties')
  return typeof known === 'object' && known !== null ? Object.keys(known) : undefined
}

function isMissing(block: JsonObject, path: readonly (string | number)[]): boolean {
  let value: unknown = block
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return true
    value = Reflect.get(value, key)
  }
  return false
}

/** `Missing required config: plugins.weather.api_key`, one line for each issue. */
export function describeConfigIssues(plugin: string, issues: readonly ConfigIssue[]): string {
  return issues
    .map(({ path, message, isMissing: missing }) => {
      const place = path.reduce<string>(
        (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${key}`),
        `plugins.${plugin}`,
      )
      return missing ? `Missing required config: ${place}` : `${place}: ${message}`
    })
    .join('\n')
}
