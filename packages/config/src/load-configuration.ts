import { stat } from 'node:fs/promises'
import path from 'node:path'
import { looksSecret } from '@pluggram/base'
import { Failure } from '@pluggram/sdk/runtime'
import { checkSecretValues, checkSecretVariables } from './check-secrets.ts'
import { checkSettings } from './check-settings.ts'
import { coerceValues } from './coerce-values.ts'
import { createProblem, limitProblems, type ConfigProblem } from './config-problem.ts'
import { decidePlugins } from './decide-plugins.ts'
import { readEnvFile } from './env-file.ts'
import { mergeObjects, readEnvironmentSettings } from './environment-settings.ts'
import { mergeEnvironment, type EnvironmentEntry } from './environment.ts'
import { formatPath } from './format-path.ts'
import { readJsonObjectFile } from './json-file.ts'
import { createJsonSchema } from './json-schema.ts'
import { isForbiddenKey, pathKey, valueAt, type JsonPath, type JsonValue } from './json-value.ts'
import {
  createLoadedConfiguration,
  type LoadedConfiguration,
  type ValueLocation,
} from './loaded-configuration.ts'
import type { JsonDocument } from './parse-json-document.ts'
import { readPluginBlocks } from './plugin-blocks.ts'
import { readPluginSwitches, switchesFile } from './plugin-switches.ts'
import { readTextFile } from './read-text-file.ts'
import { readSecretStore, STORE_FILE, type StoredSecret } from './secret-store.ts'
import { addHeaderSecrets, addSecret, addUrlSecrets, collectSecrets, sortSecrets } from './secrets.ts'
import { createDefaultSettings, createSettings } from './settings.ts'
import { describeSubstitutionFailure } from './substitution-problem.ts'
import {
  isFileReference,
  references,
  substituteEnvironment,
  type Substitution,
} from './substitute-environment.ts'
import { validateSettings, type PlaceOf } from './validate-settings.ts'

const MOST_PROBLEMS = 200

export interface LoadConfigurationOptions {
  /** The folder with config.json, plugins_config.json and .env, all of them optional. */
  readonly home: string
  /** Usually `process.env`. It overrides `.env`, and both override config.json. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Reads, merges and validates a home's configuration. Instead of throwing, it reports all problems
 * in all files and variables together. `isUsable` says whether the assistant can start.
 */
export async function loadConfiguration(options: LoadConfigurationOptions): Promise<LoadedConfiguration> {
  const home = path.resolve(options.home)
  const sources = await readSources(home, options.environment)
  const { environment, overlay, substitution, pluginSwitches, blocks, decisions, locateInFile, referenced } =
    sources
  const { parsed, problems } = checkSources(sources)
  const isUsable = problems.every((problem) => problem.severity !== 'error' || problem.plugin !== undefined)
  return createLoadedConfiguration({
    home,
    settings: isUsable && parsed !== undefined ? createSettings(parsed) : createDefaultSettings(),
    plugins: {
      blocks: blocks.blocks,
      switches: decisions.switches,
      decidedAt: decisions.decidedAt,
      grants: pluginSwitches.grants,
    },
    environment: createEnvironmentRecord(environment),
    problems: Object.freeze(limitProblems(problems, MOST_PROBLEMS)),
    isUsable,
    secrets: findSecrets(substitution, overlay.value, environment),
    locate(at): ValueLocation {
      const name = overlay.names.get(pathKey(at))
      const entry = name === undefined ? undefined : environment.get(name)
      return entry?.location ?? { ...locateInFile(at, 'key'), via: 'config.json' }
    },
    locateSwitch: (name) =>
      pluginSwitches.source.document?.locateKey(['enabled_plugins', name]) ?? {
        file: switchesFile(home),
        line: 1,
        column: 1,
      },
    isReferenced: (name) => referenced.has(name),
    locateVariable: (name) => environment.get(name)?.location,
    changeOf: (name) => environment.get(name)?.changedAt,
    readFiles: sources.readFiles,
    isFromEnvironment: (at) => substitution.paths.has(pathKey(at)) || overlay.names.has(pathKey(at)),
  })
}

type Sources = Awaited<ReturnType<typeof readSources>>

/** Reads all files and variables, and puts the variables' values into config.json's. */
async function readSources(home: string, variables: LoadConfigurationOptions['environment']) {
  const configFile = path.join(home, 'config.json')
  const envPath = path.join(home, '.env')
  const [homeProblems, envFile, config, pluginSwitches] = await Promise.all([
    checkHome(home),
    readEnvFile(envPath),
    readJsonObjectFile(configFile),
    readPluginSwitches(home),
  ])
  const written = Object.fromEntries(envFile.entries.map(({ name, value }) => [name, value]))
  const store = await openStore(home, { ...written, ...variables })
  const { entries: environment, ...merged } = await mergeEnvironment({
    home,
    envFile: envPath,
    entries: envFile.entries,
    processEnvironment: variables,
    stored: store.secrets,
  })
  const referenced = references(config.value)
  const files = await readFiles(home, [...referenced].filter(isFileReference))
  const substitution = substituteEnvironment(
    config.value,
    (name) => files.get(name) ?? environment.get(name)?.value,
  )
  const { plugins, ...writtenSettings } = substitution.value
  const fileSettings =
    substitution.paths.size === 0
      ? writtenSettings
      : coerceValues(writtenSettings, [], createJsonSchema(), (at) => substitution.paths.has(pathKey(at)))
  const blocks = readPluginBlocks(plugins, config.document)
  return {
    referenced,
    homeProblems,
    variableProblems: [...store.problems, ...merged.problems],
    readFiles: [...merged.files, ...files.keys().map((name) => fileOf(home, name))],
    envFile,
    config,
    pluginSwitches,
    environment,
    substitution,
    overlay: readEnvironmentSettings(environment),
    fileSettings,
    blocks,
    decisions: decidePlugins(pluginSwitches, blocks.blocks, config.document),
    locateInFile: createFileLocator(config.document, configFile),
  }
}

/** Validates config.json, the variables, and both together. */
function checkSources(sources: Sources) {
  const { substitution, overlay, fileSettings, environment, locateInFile } = sources
  const placeInFile: PlaceOf = (at, part) => ({
    at: locateInFile(at, part),
    path: formatPath(at),
    target: `${formatPath(at) || 'the settings'} in config.json`,
    isHidden: substitution.paths.has(pathKey(at)),
  })
  const placeAnywhere: PlaceOf = (at, part) => {
    const name = overlay.names.get(pathKey(at))
    const entry = name === undefined ? undefined : environment.get(name)
    return name === undefined || entry === undefined ? placeInFile(at, part) : placeOfVariable(name, entry)
  }

  // a failed reference is already reported; do not report its literal text as another problem
  const failedKeys = new Set(substitution.failures.map((failure) => formatPath(failure.path)))
  const inFile = validateSettings(fileSettings, placeInFile)
  const fileProblems = inFile.problems.filter((problem) => !failedKeys.has(problem.path))
  const inEnvironment = validateSettings(overlay.value, placeAnywhere)
  const isValid = inFile.parsed !== undefined && inEnvironment.parsed !== undefined
  const merged = isValid
    ? validateSettings(mergeObjects(fileSettings, overlay.value), placeAnywhere)
    : undefined
  const problems = [
    ...sources.homeProblems,
    ...sources.envFile.problems,
    ...sources.variableProblems,
    ...checkSecretVariables(environment, (name) => sources.referenced.has(name)),
    ...sources.config.problems,
    ...sortByPosition([
      ...substitution.failures.map((failure) =>
        describeSubstitutionFailure(failure, locateInFile(failure.path, 'value')),
      ),
      ...fileProblems,
      ...checkSecretValues(
        sources.config.value,
        [],
        (at) => locateInFile(at, 'value'),
        (at) => substitution.paths.has(pathKey(at)) || failedKeys.has(formatPath(at)),
      ),
      ...sources.blocks.problems,
      ...sources.decisions.problems,
    ]),
    ...inEnvironment.problems,
    ...(merged?.problems ?? []),
    ...(merged?.parsed === undefined ? [] : checkSettings(merged.parsed, placeAnywhere)),
    ...sources.pluginSwitches.problems,
  ]
  return { parsed: merged?.parsed, problems }
}

const MOST_FILES = 100

/** Reads the files that a configuration references. Unreadable files are missing in the result. */
async function readFiles(home: string, names: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const name of names.slice(0, MOST_FILES)) {
    const { text } = await readTextFile(fileOf(home, name))
    if (text !== undefined) texts.set(name, text)
  }
  return texts
}

/** The file that `file:secret.txt` means. */
function fileOf(home: string, reference: string): string {
  return path.resolve(home, reference.slice('file:'.length).trim())
}

/** The secrets of the encrypted store, or why they cannot be read. */
async function openStore(
  home: string,
  variables: LoadConfigurationOptions['environment'],
): Promise<{ secrets: ReadonlyMap<string, StoredSecret>; problems: readonly ConfigProblem[] }> {
  try {
    return { secrets: (await readSecretStore(home, variables)) ?? new Map(), problems: [] }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const at = { file: path.join(home, STORE_FILE), line: 0, column: 0 }
    const [message = '', ...fix] = error.message.split(/(?<=\.) /)
    const problem = createProblem({ at, path: '', message, fix: fix.join(' ') })
    return { secrets: new Map(), problems: [problem] }
  }
}

/** A missing home is a mistyped path, not an empty configuration. */
async function checkHome(home: string): Promise<ConfigProblem[]> {
  const isFolder = await stat(home).then(
    (status) => status.isDirectory(),
    () => undefined,
  )
  if (isFolder === true) return []
  const problem = createProblem({
    at: { file: home, line: 0, column: 0 },
    path: 'PLUGGRAM_HOME',
    message: isFolder === undefined ? 'the folder does not exist' : 'this is not a folder',
    fix: `create it with "npx pluggram init ${home}", or correct --home or PLUGGRAM_HOME`,
  })
  return [problem]
}

type FileLocator = (at: JsonPath, part: 'key' | 'value') => { file: string; line: number; column: number }

function createFileLocator(document: JsonDocument | undefined, file: string): FileLocator {
  if (document === undefined) return () => ({ file, line: 1, column: 1 })
  return (at, part) => (part === 'key' ? document.locateKey(at) : document.locateValue(at))
}

function placeOfVariable(name: string, entry: EnvironmentEntry): ReturnType<PlaceOf> {
  const { location } = entry
  const place = location.via === `environment ${name}` ? 'the environment' : location.via
  const target = `${name} in ${place}`
  return { at: location, path: name, target, isHidden: true }
}

function sortByPosition(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function createEnvironmentRecord(
  environment: ReadonlyMap<string, EnvironmentEntry>,
): Readonly<Record<string, string>> {
  const record: Record<string, string> = {}
  for (const [name, entry] of environment) if (!isForbiddenKey(name)) record[name] = entry.value
  return Object.freeze(record)
}

function findSecrets(
  config: Substitution,
  overlay: JsonValue,
  environment: ReadonlyMap<string, EnvironmentEntry>,
): readonly string[] {
  const secrets = new Set<string>()
  collectSecrets(config.value, [], secrets)
  // a `${NAME}` left in place because NAME is not set is not a secret
  for (const { path: at } of config.failures) secrets.delete(String(valueAt(config.value, at)))
  collectSecrets(overlay, [], secrets)
  for (const value of config.inserted) addSecret(value, secrets)
  for (const [name, { value }] of environment) {
    if (looksSecret(name)) addSecret(value, secrets)
    if (/HEADERS$/i.test(name)) addHeaderSecrets(value, secrets)
    addUrlSecrets(value, secrets)
  }
  return sortSecrets(secrets)
}
