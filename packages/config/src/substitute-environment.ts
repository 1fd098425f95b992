import { isJsonObject, pathKey, type JsonObject, type JsonPath, type JsonValue } from './json-value.ts'

/**
 * Limit of all inserted text. A small file must not grow to gigabytes by repeating a long variable.
 */
const MOST_INSERTED = 4 * 1024 * 1024

const REFERENCE = /\$\$\{([^{}]*)\}|\$\{([^{}]*)\}/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** `${file:petstore.yaml}` is replaced with the file's contents. */
const FILE = /^file:(?=.*\S)/

/** Why a `${…}` could not be replaced. */
export interface SubstitutionFailure {
  readonly path: JsonPath
  readonly reason: 'unset' | 'no-file' | 'bad-name' | 'too-long'
  /** The variable or `file:…`, if valid. */
  readonly name?: string
}

export interface Substitution {
  readonly value: JsonObject
  /** The `pathKey` of each string with an inserted variable or file. */
  readonly paths: ReadonlySet<string>
  /** The inserted values of variables. */
  readonly inserted: ReadonlySet<string>
  readonly failures: readonly SubstitutionFailure[]
}

/** Whether a reference is to a file. */
export function isFileReference(name: string): boolean {
  return FILE.test(name)
}

/** Every `${…}` in the strings of a configuration: variables, and files with the prefix `file:`. */
export function references(value: JsonValue): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (item: JsonValue): void => {
    if (typeof item === 'string') {
      for (const [, , name] of item.matchAll(REFERENCE)) if (name !== undefined) names.add(name)
    } else if (typeof item === 'object' && item !== null) Object.values(item).forEach(visit)
  }
  visit(value)
  return names
}

/**
 * Replaces `${NAME}` in every string of a parsed configuration; `$${NAME}` is a literal `${NAME}`.
 * It works on values, not on the file's text, so that a variable cannot inject structure. A string
 * with a failed reference stays unchanged.
 */
export function substituteEnvironment(
  root: JsonObject,
  lookUp: (name: string) => string | undefined,
): Substitution {
  const paths = new Set<string>()
  const inserted = new Set<string>()
  const failures: SubstitutionFailure[] = []
  let length = 0

  const replaceIn = (text: string, path: JsonPath): string => {
    if (!text.includes('${')) return text
    let failure: SubstitutionFailure | undefined
    let hasReplaced = false
    const used: string[] = []
    const replaced = text.replace(
      REFERENCE,
      (whole, escaped: string | undefined, name: string | undefined) => {
        if (escaped !== undefined) return whole.slice(1)
        const isFile = name !== undefined && FILE.test(name)
        if (name === undefined || !(isFile || NAME.test(name))) {
          failure ??= { path, reason: 'bad-name' }
          return whole
        }
        const value = lookUp(name)
        if (value === undefined) {
          failure ??= { path, reason: isFile ? 'no-file' : 'unset', name }
          return whole
        }
        length += value.length
        if (length > MOST_INSERTED) {
          failure ??= { path, reason: 'too-long', name }
          return ''
        }
        hasReplaced = true
        // a file of prose is not a secret; secrets in it are recognised by their keys
        if (!isFile || isSecretFile(value)) used.push(value)
        return value
      },
    )
    if (failure !== undefined) {
      failures.push(failure)
      return text
    }
    if (hasReplaced) paths.add(pathKey(path))
    for (const value of used) inserted.add(value)
    return replaced
  }

  const visit = (value: JsonValue, path: JsonPath): JsonValue => {
    if (typeof value === 'string') return replaceIn(value, path)
    if (Array.isArray(value)) return value.map((item: JsonValue, index) => visit(item, [...path, index]))
    return isJsonObject(value) ? visitObject(value, path) : value
  }

  const visitObject = (object: JsonObject, path: JsonPath): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([key, item]) => [key, visit(item, [...path, key])]))

  return { value: visitObject(root, []), paths, inserted, failures }
}

/** Whether a file holds nothing but one long word, or a private key. */
function isSecretFile(content: string): boolean {
  return /^\s*\S{8,}\s*$/.test(content) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content)
}
