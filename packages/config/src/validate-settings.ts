import { findClosest, looksSecret } from '@pluggram/base'
import type { z } from 'zod'
import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { formatPath, quote } from './format-path.ts'
import { isJsonObject, valueAt, type JsonObject, type JsonPath } from './json-value.ts'
import { isSecretPath } from './secrets.ts'
import { schemaAt, settingsSchema } from './settings-schema.ts'

const MOST_UNKNOWN_KEYS = 50

/** How to report a problem at a key of `config.json`, or in the variable that set it. */
interface SettingPlace {
  readonly at: ConfigLocation
  /** The key or the variable's name. */
  readonly path: string
  /** What the user has to change: `http.port in config.json`, `PORT in .env`. */
  readonly target: string
  readonly isHidden: boolean
}

export type PlaceOf = (path: JsonPath, part: 'key' | 'value') => SettingPlace

export interface ValidatedSettings {
  readonly parsed?: z.output<typeof settingsSchema>
  readonly problems: readonly ConfigProblem[]
}

/** Validates settings (without `plugins`) against the schema and describes each problem. */
export function validateSettings(candidate: JsonObject, placeOf: PlaceOf): ValidatedSettings {
  const result = settingsSchema.safeParse(candidate)
  if (result.success) return { parsed: result.data, problems: [] }
  const problems: ConfigProblem[] = []
  const seen = new Set<string>()
  for (const issue of result.error.issues) {
    const path = issue.path.filter((segment) => typeof segment !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      problems.push(
        ...issue.keys
          .slice(0, MOST_UNKNOWN_KEYS)
          .map((key) => unknownKey(candidate, [...path, key], placeOf)),
      )
      continue
    }
    // several checks may fail on one value; they all expect the same
    const name = formatPath(path)
    if (seen.has(name)) continue
    seen.add(name)
    problems.push(wrongValue(candidate, path, issue.message, placeOf))
  }
  return { problems }
}

function wrongValue(candidate: JsonObject, path: JsonPath, message: string, placeOf: PlaceOf): ConfigProblem {
  const place = placeOf(path, 'value')
  const schema = schemaAt(path)
  const isObject = schema !== undefined && 'shape' in schema
  return createProblem({
    at: place.at,
    path: place.path,
    expected: isObject ? 'an object' : (expectedAt(path) ?? message),
    got: describeValue(valueAt(candidate, path), place.isHidden || isSecretPath(path)),
    fix: remedyFor(valueAt(candidate, path), schema) ?? `correct ${place.target}, or remove it`,
  })
}

/** What was probably meant. */
function remedyFor(value: unknown, schema: z.core.$ZodType | undefined): string | undefined {
  if (typeof value !== 'string' || schema === undefined) return undefined
  const fits = (other: unknown): boolean => (schema as z.ZodType).safeParse(other).success
  if (/^-?\d{1,20}(?:\.\d+)?$/.test(value) && fits(Number(value))) return 'write the number without quotes'
  const model = MODEL_FAMILIES.find(([family]) => family.test(value))?.[1](value)
  return model !== undefined && fits(model) ? `did you mean ${quote(model)}?` : undefined
}

/** How models are called elsewhere, and here. */
const MODEL_FAMILIES: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^(?:openai|anthropic|google)\/\S+$/, (name) => name.replace('/', ':')],
  [/^(?:gpt|chatgpt|o\d)\S*$/i, (name) => `openai:${name}`],
  [/^claude\S*$/i, (name) => `anthropic:${name}`],
  [/^gemini\S*$/i, (name) => `google:${name}`],
]

/** Describes a valid value at `path`, in the schema's words. */
export function expectedAt(path: JsonPath): string | undefined {
  const schema = schemaAt(path)
  return schema instanceof Object && 'meta' in schema ? (schema as z.ZodType).meta()?.expected : undefined
}

function unknownKey(candidate: JsonObject, path: JsonPath, placeOf: PlaceOf): ConfigProblem {
  const key = String(path.at(-1))
  const place = placeOf(path, 'key')
  const siblings = keysOf(path.slice(0, -1))
  const sibling = findClosest(key, siblings)
  const suggestion = sibling ?? findElsewhere(key)
  const isFree = sibling !== undefined && valueAt(candidate, [...path.slice(0, -1), sibling]) === undefined
  return createProblem({
    at: place.at,
    path: place.path,
    message: looksSecret(key) || key.length > 40 ? 'unknown key' : `unknown key ${quote(key)}`,
    fix:
      suggestion === undefined
        ? `remove it; the keys here are ${siblings.join(', ')}`
        : `did you mean ${quote(suggestion)}? Rename or remove it`,
    correction: isFree ? { kind: 'rename-key', at: path, to: sibling } : undefined,
  })
}

function keysOf(path: JsonPath): string[] {
  const schema = schemaAt(path)
  const shape: unknown = schema !== undefined && 'shape' in schema ? schema.shape : undefined
  return isJsonObject(shape) ? Object.keys(shape) : []
}

/** Finds a key one level deeper, such as `ai.model` for `model`. */
function findElsewhere(key: string): string | undefined {
  return keysOf([])
    .flatMap((section) => keysOf([section]).map((name) => ({ name, full: `${section}.${name}` })))
    .find(({ name }) => findClosest(key, [name]) !== undefined && Math.abs(name.length - key.length) < 3)
    ?.full
}
