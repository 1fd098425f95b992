import path from 'node:path'
import { ConfigurationError } from './configuration-error.ts'
import { editJsonFile, inTurn } from './edit-json-file.ts'
import { isJsonObject, valueAt, type JsonValue } from './json-value.ts'
import { readJsonObjectFile } from './json-file.ts'
import { createProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'

/** One key of a plugin's block. */
export interface PluginValue {
  readonly plugin: string
  readonly key: string
  /** `undefined` removes the key. */
  readonly value: JsonValue | undefined
}

/**
 * Writes one key of a plugin's block to config.json, creating the file if necessary. Everything
 * else in the file stays as written, and the write is atomic.
 * @returns the previous value, so that the change can be undone
 * @throws {ConfigurationError} when the file is invalid (it is left alone) or cannot be written
 */
export async function setPluginValue(
  home: string,
  { plugin, key, value }: PluginValue,
): Promise<JsonValue | undefined> {
  const root = path.resolve(home)
  const file = path.join(root, 'config.json')
  return inTurn(file, async () => {
    const source = await readJsonObjectFile(file)
    if (source.problems.length > 0) throw new ConfigurationError(source.problems, root)
    for (const at of [['plugins'], ['plugins', plugin]]) {
      const parent = valueAt(source.value, at)
      if (parent === undefined || isJsonObject(parent)) continue
      const problem = createProblem({
        at: source.document?.locateValue(at) ?? { file, line: 0, column: 0 },
        path: at.join('.'),
        expected: 'an object',
        got: describeValue(parent, true),
        fix: `correct ${at.join('.')} in config.json`,
      })
      throw new ConfigurationError([problem], root)
    }
    const before = valueAt(source.value, ['plugins', plugin, key]) as JsonValue | undefined
    if (before !== undefined || value !== undefined)
      await editJsonFile(root, { file, source, at: ['plugins', plugin, key], value })
    return before
  })
}

/** Escapes a value for config.json, so that `${NAME}` in it is text, not a variable. */
export function literalValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll(/\$\{(?=[^{}]*\})/g, () => '$${')
  if (Array.isArray(value)) return value.map((item: JsonValue) => literalValue(item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literalValue(item)]))
}
