import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import { ENVIRONMENT_SETTINGS, OTHER_ENVIRONMENT } from './environment-settings.ts'
import type { EnvironmentEntry } from './environment.ts'
import { formatPath } from './format-path.ts'
import type { JsonPath, JsonValue } from './json-value.ts'
import { nameOf } from './secret-names.ts'
import { isSecretPath } from './secrets.ts'
import { weaknessOf } from './weak-secrets.ts'

const OWN = new Set([...ENVIRONMENT_SETTINGS, ...OTHER_ENVIRONMENT].map(({ name }) => name))

/**
 * Refuses examples and weak values among the variables with secrets. One that the assistant needs is an
 * error; what only other programs may use, a warning.
 */
export function checkSecretVariables(
  environment: ReadonlyMap<string, EnvironmentEntry>,
  isUsed: (name: string) => boolean,
): ConfigProblem[] {
  return [...environment].flatMap(([name, { value, location }]) => {
    const isOwn = OWN.has(name) || nameOf(name) !== name || isUsed(name)
    // what the owner's shell exports for other programs is none of our business
    if (!isSecretPath([name]) || (!isOwn && location.via.startsWith('environment '))) return []
    return weakProblem({ at: location, name, value, isHard: isOwn, where: nameOf(name) })
  })
}

/** The same for values of secret keys in config.json. */
export function checkSecretValues(
  value: JsonValue,
  path: JsonPath,
  locate: (path: JsonPath) => ConfigLocation,
  isElsewhere: (path: JsonPath) => boolean,
): ConfigProblem[] {
  if (typeof value === 'string') {
    if (!isSecretPath(path) || isElsewhere(path)) return []
    const plugin = path[0] === 'plugins' ? String(path[1]) : undefined
    return weakProblem({
      at: locate(path),
      name: path.join('_'),
      value,
      isHard: true,
      where: formatPath(path),
      plugin,
    })
  }
  if (typeof value !== 'object' || value === null) return []
  const inner: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value)
  return inner.flatMap(([key, item]) => checkSecretValues(item, [...path, key], locate, isElsewhere))
}

/** The problem of one weak value, if it is one. */
export function weakProblem(about: {
  readonly at: ConfigLocation
  readonly name: string
  readonly value: string
  readonly isHard: boolean
  /** The variable or key, for people. */
  readonly where: string
  readonly plugin?: string | undefined
}): ConfigProblem[] {
  // an empty value counts as unset
  const weakness = about.value === '' ? undefined : weaknessOf(about.name, about.value)
  if (weakness === undefined) return []
  const problem = createProblem({
    at: about.at,
    path: about.where,
    severity: about.isHard ? 'error' : 'warning',
    expected: 'a secret of your own',
    got: weakness,
    fix:
      about.where.includes('.') && !about.at.file.endsWith('.age')
        ? 'put the real one there'
        : `put the real one there, or run "pluggram secrets set ${about.where}"`,
    plugin: about.plugin,
    secret: 'weak',
  })
  return [problem]
}
