import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { findClosest } from '@pluggram/base'
import { isReservedVariable } from './environment-settings.ts'
import { formatPath, quote } from './format-path.ts'
import { valueAt } from './json-value.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { pluginVariableName } from './plugin-environment.ts'
import { isSecretPath, redactSecrets } from './secrets.ts'

/** An issue from a Standard Schema validator. Zod's additional fields allow better messages. */
export interface PluginIssue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  readonly message: string
  readonly expected?: unknown
  /** Whether a required key is missing. If absent, this is derived from the block. */
  readonly isMissing?: boolean
  /** Unknown keys in the object at `path`. */
  readonly keys?: unknown
  /** With `keys`: the known keys. */
  readonly knownKeys?: readonly string[] | undefined
}

const MOST_PROBLEMS = 50
const LONGEST_MESSAGE = 300

/**
 * Converts a plugin's validation issues to problems with positions, all limited to that plugin.
 * Secret values and values from the environment are never shown, not even if the validator repeats
 * them.
 */
export function describePluginIssues(
  loaded: LoadedConfiguration,
  pluginName: string,
  issues: readonly PluginIssue[],
): ConfigProblem[] {
  return issues.flatMap((issue) => describeIssue(loaded, pluginName, issue)).slice(0, MOST_PROBLEMS)
}

function describeIssue(loaded: LoadedConfiguration, plugin: string, issue: PluginIssue): ConfigProblem[] {
  const inner = (issue.path ?? []).map((segment) => toSegment(segment))
  if (Array.isArray(issue.keys) && issue.keys.length > 0) {
    return issue.keys.map((key) => unknownKey(loaded, plugin, [...inner, String(key)], issue.knownKeys))
  }
  const value = valueAt(loaded.plugins.blocks, [plugin, ...inner])
  const isMissing = issue.isMissing ?? (inner.length > 0 && value === undefined)
  if (isMissing) return [missingKey(loaded, plugin, inner, issue)]
  return [wrongValue(loaded, plugin, inner, issue, value)]
}

function missingKey(
  loaded: LoadedConfiguration,
  plugin: string,
  inner: readonly (string | number)[],
  issue: PluginIssue,
): ConfigProblem {
  const path = ['plugins', plugin, ...inner]
  const name = formatPath(path)
  const expected = expectedOf(issue)
  const kind = expected === undefined ? '' : ` (${expected})`
  const key = inner.at(-1)
  const inFile = `add ${quote(String(key ?? plugin))}${kind} to ${formatPath(path.slice(0, -1))} in config.json`
  const variable = variableFor(plugin, inner)
  return {
    ...createProblem({
      at: loaded.locate(path),
      path: name,
      message: `Missing required config: ${name}`,
      fix: variable === undefined ? inFile : `${inFile}, or set ${variable} in .env`,
      plugin,
    }),
    ...(expected === undefined ? {} : { expected }),
    got: 'nothing',
  }
}

function wrongValue(
  loaded: LoadedConfiguration,
  plugin: string,
  inner: readonly (string | number)[],
  issue: PluginIssue,
  value: unknown,
): ConfigProblem {
  const path = ['plugins', plugin, ...inner]
  const location = loaded.locate(path)
  const isHidden = isSecretPath(path) || loaded.isFromEnvironment(path)
  const variable = variableFor(plugin, inner)
  const where =
    location.via === 'config.json'
      ? `${formatPath(path)} in config.json`
      : `${variable} in ${location.via.startsWith('environment ') ? 'the environment' : location.via}`
  return createProblem({
    at: location,
    path: formatPath(path),
    expected: expectedOf(issue) ?? `a different value (${cleanMessage(loaded, issue, value, isHidden)})`,
    got: describeValue(value, isHidden),
    fix: `correct ${where}`,
    plugin,
  })
}

function unknownKey(
  loaded: LoadedConfiguration,
  plugin: string,
  inner: readonly (string | number)[],
  known: readonly string[] = [],
): ConfigProblem {
  const path = ['plugins', plugin, ...inner]
  const suggestion = findClosest(String(inner.at(-1)), known)
  const at = loaded.locate(path)
  const isFree =
    suggestion !== undefined &&
    at.via === 'config.json' &&
    valueAt(loaded.plugins.blocks, [plugin, ...inner.slice(0, -1), suggestion]) === undefined
  return createProblem({
    at,
    path: formatPath(path),
    message: 'the plugin has no such key',
    fix:
      suggestion === undefined
        ? "correct or remove it; the plugin's README lists its keys"
        : `did you mean ${quote(suggestion)}?`,
    plugin,
    correction: isFree ? { kind: 'rename-key', at: path, to: suggestion } : undefined,
  })
}

/**
 * Warns about keys in a plugin's block that are not in its schema. A schema that is not strict
 * drops them silently.
 */
export function reportUnknownKeys(
  loaded: LoadedConfiguration,
  plugin: string,
  schema: unknown,
): ConfigProblem[] {
  const { properties, additionalProperties } = Object(schema) as Record<string, unknown>
  const takesMore = additionalProperties !== undefined && additionalProperties !== false
  if (typeof properties !== 'object' || properties === null || takesMore) return []
  const known = Object.keys(properties)
  return Object.keys(loaded.plugins.blocks[plugin] ?? {})
    .filter((key) => key !== 'enabled' && !known.includes(key))
    .filter((key) => loaded.locate(['plugins', plugin, key]).via === 'config.json')
    .slice(0, MOST_PROBLEMS)
    .map((key) => ({ ...unknownKey(loaded, plugin, [key], known), severity: 'warning' }))
}

/** `a string`, taken from Zod's `expected` or its message `expected string, received …`. */
function expectedOf(issue: PluginIssue): string | undefined {
  const word = typeof issue.expected === 'string' ? issue.expected : undefined
  const found = word ?? /^Invalid input: expected ([a-z ]{1,40}), received \w+$/.exec(issue.message)?.[1]
  if (found === undefined || found === '') return undefined
  const isBareWord = /^[a-z]+$/.test(found)
  return isBareWord
    ? `${/^[aeiou]/.test(found) ? 'an' : 'a'} ${found}`
    : quote(found, LONGEST_MESSAGE).slice(1, -1)
}

/** The validator's message with secrets removed. */
function cleanMessage(
  loaded: LoadedConfiguration,
  issue: PluginIssue,
  value: unknown,
  isHidden: boolean,
): string {
  let message = redactSecrets(issue.message, loaded.secrets)
  if (isHidden && typeof value === 'string' && value !== '') message = message.replaceAll(value, '[redacted]')
  return quote(message, LONGEST_MESSAGE).slice(1, -1)
}

/** Only the block's top-level keys have environment variables. */
function variableFor(plugin: string, inner: readonly (string | number)[]): string | undefined {
  const [key, ...deeper] = inner
  if (typeof key !== 'string' || deeper.length > 0 || !/^[a-z0-9][a-z0-9_]*$/.test(key)) return undefined
  const variable = pluginVariableName(plugin, key)
  return isReservedVariable(variable) ? undefined : variable
}

function toSegment(segment: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof segment === 'object' ? segment.key : segment
  return typeof key === 'number' ? key : String(key)
}
