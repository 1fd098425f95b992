import path from 'node:path'
import { looksSecret } from '@pluggram/base'
import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import type { EnvFileEntry } from './env-file.ts'
import { readTextFile } from './read-text-file.ts'
import { nameOf, variableOfFile } from './secret-names.ts'
import { STORE_FILE, type StoredSecret } from './secret-store.ts'

/** Where a variable of the merged environment comes from. */
export type VariableLocation = ConfigLocation & {
  readonly via: '.env' | typeof STORE_FILE | `environment ${string}` | `the file ${string}`
}

/** A variable of the merged environment. */
export interface EnvironmentEntry {
  readonly value: string
  readonly location: VariableLocation
  /** When the store's value was set, as ISO 8601. */
  readonly changedAt?: string
}

/** Where variables are set. */
export interface EnvironmentSources {
  readonly home: string
  readonly envFile: string
  readonly entries: readonly EnvFileEntry[]
  readonly processEnvironment: Readonly<Record<string, string | undefined>>
  readonly stored: ReadonlyMap<string, StoredSecret>
}

/** The merged environment, what is wrong with it, and the files that it was read from. */
export interface Environment {
  readonly entries: ReadonlyMap<string, EnvironmentEntry>
  readonly problems: readonly ConfigProblem[]
  readonly files: readonly string[]
}

interface NamedEntry extends EnvironmentEntry {
  readonly name: string
}

/**
 * Merges the sources: the process environment before `.env` before the store, and in each of the first
 * two `NAME` before `NAME_FILE`. An empty variable counts as unset.
 */
export async function mergeEnvironment(sources: EnvironmentSources): Promise<Environment> {
  const { home, envFile, stored } = sources
  const ofFile = sources.entries.flatMap(({ name, value, line }): NamedEntry[] =>
    value === '' ? [] : [{ name, value, location: { file: envFile, line, column: 1, via: '.env' } }],
  )
  const ofProcess = Object.entries(sources.processEnvironment).flatMap(([name, value]): NamedEntry[] => {
    if (typeof value !== 'string' || value === '' || name === '__proto__') return []
    return [
      {
        name,
        value: looksSecret(name) ? value.replace(/[\r\n]+$/, '') : value,
        location: { file: 'environment', line: 0, column: 0, via: `environment ${name}` },
      },
    ]
  })
  const [filesOfFile, filesOfProcess] = await Promise.all([
    readNamedFiles(home, ofFile),
    readNamedFiles(home, ofProcess),
  ])
  const storeFile = path.join(home, STORE_FILE)
  const ofStore = [...stored].map(([name, secret]): NamedEntry => ({
    name,
    ...secret,
    location: { file: storeFile, line: 0, column: 0, via: STORE_FILE },
  }))

  const entries = new Map<string, EnvironmentEntry>()
  const problems = [...filesOfFile.problems, ...filesOfProcess.problems]
  const weakestFirst = [ofStore, filesOfFile.entries, ofFile, filesOfProcess.entries, ofProcess].flat()
  for (const { name, ...entry } of weakestFirst) {
    const before = entries.get(name)
    if (before && before.value !== entry.value && mustAgree(name, before, entry))
      problems.push(disagreement(name, before, entry))
    entries.set(name, entry)
  }
  return { entries, problems, files: [...filesOfFile.files, ...filesOfProcess.files] }
}

/** Overriding a setting of `.env` is usual; a secret that is set twice was most likely forgotten. */
function mustAgree(name: string, ...entries: readonly EnvironmentEntry[]): boolean {
  const isOrdinary = (via: string): boolean => via === '.env' || via.startsWith('environment ')
  return looksSecret(name) || entries.some(({ location }) => !isOrdinary(location.via))
}

function disagreement(name: string, unused: EnvironmentEntry, used: EnvironmentEntry): ConfigProblem {
  const [from, instead] = [placeWords(used.location, name), placeWords(unused.location, name)]
  return createProblem({
    at: unused.location,
    path: nameOf(name),
    severity: 'warning',
    message: `two values are set: ${from} counts, and ${instead} does not`,
    fix: 'remove one of them',
    secret: 'twice',
  })
}

/** `.env:3`, or `the environment`. */
function placeWords(location: VariableLocation, name: string): string {
  const { via, line } = location
  if (via === '.env') return `the one in .env (line ${line})`
  if (via === `environment ${name}`) return 'the one of the environment'
  return `the one in ${via}`
}

/** Reads the files that `NAME_FILE` variables name. */
async function readNamedFiles(
  home: string,
  variables: readonly NamedEntry[],
): Promise<{ entries: NamedEntry[]; problems: ConfigProblem[]; files: string[] }> {
  const [entries, problems, files]: [NamedEntry[], ConfigProblem[], string[]] = [[], [], []]
  for (const { name: fileVariable, value, location } of variables) {
    const name = variableOfFile(fileVariable)
    if (name === undefined) continue
    const file = path.resolve(home, value.trim())
    const { text, problem } = await readTextFile(file)
    const content = withoutLastLineBreaks(text ?? '')
    files.push(file)
    if (content.trim() === '') {
      const got =
        problem?.got ?? (text === undefined ? `${file}, which does not exist` : `${file}, which is empty`)
      problems.push(unreadable(fileVariable, name, location, got))
    } else {
      entries.push({ name, value: content, location: { file, line: 1, column: 1, via: `the file ${file}` } })
    }
  }
  return { entries, problems, files }
}

/** Editors and `echo` end a file with a line break, which belongs to no secret; nor do blanks around a single line. */
function withoutLastLineBreaks(text: string): string {
  const content = text.replace(/[\r\n]+$/, '')
  return /[\r\n]/.test(content) ? content : content.trim()
}

/** A variable of the assistant, or in `.env`, was meant for us: without its value nothing may start. */
function unreadable(fileVariable: string, name: string, at: VariableLocation, got: string): ConfigProblem {
  return createProblem({
    at,
    path: fileVariable,
    severity: OWN.test(name) ? 'error' : 'warning',
    expected: `a file with the value of ${nameOf(name)}`,
    got,
    fix: 'correct the path, or put the value there',
  })
}

const OWN =
  /^(?:TELEGRAM_|PLUGGRAM_|MCP_TOKEN$|(?:OPENAI|ANTHROPIC|GOOGLE_GENERATIVE_AI)_|SENTRY_DSN$|DATABASE_URL$|OTEL_)/
