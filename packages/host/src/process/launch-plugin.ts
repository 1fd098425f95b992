import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Logger, PluginManifest } from '@pluggram/sdk'
import { createEffectScope } from '../start/effect-scope.ts'
import type { DisposableEffectScope } from '../start/effect-scope.ts'
import { isThrown } from '../error-location.ts'
import { grantProblem, missingGrants } from '../grants.ts'
import type { Grants } from '../grants.ts'
import type { HostServices } from '../start/local-services.ts'
import type { PluginIdentity } from '../start/read-manifest.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import { effectiveTimeouts } from '../start/plugin-timeouts.ts'
import type { HostTimeouts } from '../start/plugin-timeouts.ts'
import { ProblemError } from '../plugin-problem.ts'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import { checkSyntax } from '../start/syntax-check.ts'
import type { JsonObject, JsonSchema } from '../json-types.ts'
import { bubblewrapProblem } from './bubblewrap.ts'
import { PluginCrashError } from './crash.ts'
import { launch } from './launch.ts'
import type { LaunchOptions } from './launch.ts'
import { parseConfigured, parseLoaded, parseStarted } from './parse-started.ts'
import { PluginProcess } from './plugin-process.ts'
import type { ProcessLimits } from './process-limits.ts'
import type { ProcessGroups } from './process-groups.ts'
import type { ConfigureRequest, Loaded, LoadRequest, Started, StartRequest } from '../wire/protocol.ts'
import { readablePaths } from './readable-paths.ts'
import type { ProcessEvents } from './supervised-plugin.ts'

/** A plugin that shares a process, with its limits and grants. */
export interface GroupMember {
  readonly candidate: PluginCandidate
  readonly memoryMb: number
  readonly isSandboxed: boolean
  readonly grants: Grants
}

export interface LaunchPluginOptions {
  readonly candidate: PluginCandidate
  /** Files and folders of all plugins that were found; none may read another one's. */
  readonly pluginPaths: readonly string[]
  readonly memoryMb: number
  readonly limits: ProcessLimits
  /** Set when the plugin shares its process: all its plugins, including this one. */
  readonly group?: {
    readonly name: string
    readonly members: readonly GroupMember[]
    readonly processes: ProcessGroups
  }
  readonly defaults: Required<HostTimeouts>
  readonly grants: Grants
  readonly blockFor: (jsonSchema: JsonSchema | undefined) => JsonObject
  readonly assistantName: string
  chatBlock(chatId: number): JsonObject | undefined
  servicesFor(name: string, manifest: PluginManifest, effects: DisposableEffectScope): HostServices
  /** Waits for the plugins that this one requires. */
  meet(plugin: PluginIdentity, requires: readonly string[]): Promise<void>
  readonly describeIssues?: ((plugin: string, issues: readonly ConfigIssue[]) => string) | undefined
  /** The assistant's data folder; without it nothing is cached and plugins have no folders. */
  readonly dataFolder?: string | undefined
  readonly logger: Logger
  /** Aborted when the host stops. */
  readonly signal: AbortSignal
  /** Texts of files that count instead of what is on the disk. */
  readonly sources?: Readonly<Record<string, string>> | undefined
}

/** A process with a running plugin, and what it reported about itself. */
export interface LaunchedPlugin {
  readonly process: PluginProcess
  readonly services: HostServices
  readonly loaded: Loaded
  readonly started: Started
}

export const DEFAULT_MEMORY_MB = 256
const DEFAULT_FILES_MB = 256
/** How long a plugin may take to clean up after a failed start. */
const LATE_SECONDS = 1

/** The folder of a plugin's own files. */
export function pluginFolder(dataFolder: string, plugin: string): string {
  return path.join(dataFolder, 'plugins', plugin)
}

/**
 * Starts a process, imports the plugin in it, checks its permissions, and starts it.
 * @throws ProblemError, after which the process is being stopped
 */
export async function launchPlugin(
  options: LaunchPluginOptions,
  events: ProcessEvents,
): Promise<LaunchedPlugin> {
  const { candidate, signal } = options
  signal.throwIfAborted()
  let process: PluginProcess | undefined
  const onAbort = (): void => process?.kill('was stopped')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    process = await openProcess(options, events, () => process)
    signal.throwIfAborted()
    const loaded = await load(process, options)
    const missing = missingGrants(loaded.manifest.permissions, options.grants)
    if (missing.length > 0) {
      throw new ProblemError(grantProblem({ name: candidate.name, file: candidate.entry }, missing))
    }
    await options.meet({ name: candidate.name, file: candidate.entry }, loaded.manifest.requires ?? [])
    const { services, started } = await start(process, loaded, options)
    return { process, services, loaded, started }
  } catch (error) {
    if (signal.aborted) {
      process?.kill('was stopped')
      await process?.ended
      throw signal.reason
    }
    // not awaited, since a failed start may take long to stop
    void process?.stop(LATE_SECONDS)
    throw toProblem(candidate, error)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Reads a plugin's manifest for its configuration in a temporary process, without starting the
 * plugin; with `checksBlock`, its block is checked as at a start.
 * @throws ProblemError
 */
export async function inspectPlugin(
  candidate: PluginCandidate,
  surroundings: Pick<
    LaunchPluginOptions,
    'blockFor' | 'pluginPaths' | 'dataFolder' | 'describeIssues' | 'limits' | 'logger'
  >,
  { checksBlock = false }: { readonly checksBlock?: boolean } = {},
): Promise<Pick<Loaded, 'manifest' | 'jsonSchema'>> {
  const options: LaunchPluginOptions = {
    ...surroundings,
    candidate,
    memoryMb: surroundings.limits.memoryMb ?? DEFAULT_MEMORY_MB,
    defaults: { startSeconds: 10, statusSeconds: 1, cleanupSeconds: 1 },
    grants: {},
    assistantName: '',
    meet: async () => {},
    chatBlock: () => undefined,
    servicesFor: () => {
      throw new Error('a plugin that is only looked at has no services')
    },
    signal: new AbortController().signal,
  }
  let process: PluginProcess | undefined
  try {
    process = await openProcess(options, { onCrash: () => {}, onEffects: () => {} }, () => process)
    return await load(process, options, checksBlock)
  } catch (error) {
    throw toProblem(candidate, error)
  } finally {
    process?.kill('was stopped')
    await process?.ended
  }
}

async function openProcess(
  options: LaunchPluginOptions,
  events: ProcessEvents,
  self: () => PluginProcess | undefined,
): Promise<PluginProcess> {
  const { candidate, logger, group, dataFolder } = options
  const launchOptions = await toLaunchOptions(options)
  return PluginProcess.launch({
    plugin: candidate.name,
    directory: candidate.directory,
    memoryMb: options.memoryMb,
    ...(dataFolder !== undefined &&
      mayWrite(options.grants) && {
        files: {
          folder: pluginFolder(dataFolder, candidate.name),
          limitMb: options.limits.filesMb ?? DEFAULT_FILES_MB,
        },
      }),
    open: () =>
      group
        ? group.processes.takeSeat(candidate.name, { ...launchOptions, group: group.name }, logger)
        : launch(launchOptions),
    log: (level, message) => logger[level](message, { plugin: candidate.name }),
    checkSyntax: async (file) => (isOwnSource(options, file) ? checkSyntax(file) : undefined),
    onEffects: (labels) => events.onEffects(labels),
    onCrash: (error) => {
      const process = self()
      if (process) events.onCrash(process, error)
    },
  })
}

function mayWrite(grants: LaunchPluginOptions['grants']): boolean {
  return grants !== 'everything' && grants.files === true
}

/** The process's rights: those of its plugin, or of all plugins that share it. */
async function toLaunchOptions(options: LaunchPluginOptions): Promise<LaunchOptions> {
  const { candidate, pluginPaths, dataFolder, grants, memoryMb } = options
  const isAlone = { candidate, memoryMb, grants, isSandboxed: options.limits.sandbox === 'bubblewrap' }
  const members = options.group?.members ?? [isAlone]
  if (members.some((member) => member.isSandboxed)) await checkSandbox(candidate)
  const readable: string[] = []
  const writable: string[] = []
  for (const member of members) {
    readable.push(...(await readablePaths(member.candidate, pluginPaths)))
    if (dataFolder !== undefined && mayWrite(member.grants))
      writable.push(pluginFolder(dataFolder, member.candidate.name))
  }
  for (const folder of writable) await mkdir(folder, { recursive: true })
  const folders = writable.map((folder) => path.join(folder, '*'))
  return {
    memoryMb: Math.max(...members.map((member) => member.memoryMb)),
    isSandboxed: members.some((member) => member.isSandboxed),
    readable: [...new Set([...readable, ...folders])],
    writable: folders,
    workingDirectory: candidate.directory,
    ...(dataFolder !== undefined && { cacheFolder: path.join(dataFolder, 'cache') }),
  }
}

/**
 * Fails if the sandbox is unavailable: an owner who requested it never gets a plugin without it.
 */
async function checkSandbox({ name, entry }: PluginCandidate): Promise<void> {
  const reason = await bubblewrapProblem()
  if (reason === undefined) return
  throw new ProblemError({
    plugin: name,
    severity: 'error',
    code: 'plugin-start-failed',
    message: `Plugin ${name} is not started: config.json asks for the sandbox bubblewrap, and ${reason}. Make it work, or set "sandbox": "none" under plugin_host.`,
    file: entry,
  })
}

async function load(
  process: PluginProcess,
  options: LaunchPluginOptions,
  checksBlock = false,
): Promise<Loaded> {
  const { candidate } = options
  const seconds = options.limits.startSeconds ?? options.defaults.startSeconds
  const { sources } = options
  const request: LoadRequest = { candidate, seconds, ...(sources && { sources }) }
  const loaded = parseLoaded(candidate.name, await process.request('load', request, seconds))
  if (!loaded.isConfigurable && !checksBlock) return loaded
  const configure: ConfigureRequest = { block: options.blockFor(loaded.jsonSchema) }
  try {
    const answer = await process.request('configure', configure, seconds)
    return { ...loaded, manifest: parseConfigured(candidate.name, answer) }
  } catch (error) {
    throw describeIssues(error, options, loaded.jsonSchema)
  }
}

async function start(
  process: PluginProcess,
  { manifest, jsonSchema }: Loaded,
  options: LaunchPluginOptions,
): Promise<Pick<LaunchedPlugin, 'services' | 'started'>> {
  const { candidate, logger } = options
  const { name } = candidate
  const effects = createEffectScope({
    onError: (error, label) =>
      logger.error(`an effect of ${name} failed: ${label}`, { plugin: name, err: error }),
  })
  void process.ended.then(() => effects.dispose(1))
  const { permissions, requires, credentials } = manifest
  const asked = { permissions, ...(requires && { requires }), ...(credentials && { credentials }) }
  const services = options.servicesFor(name, asked, effects)
  const timeouts = effectiveTimeouts(manifest.timeouts, options.limits, options.defaults)
  process.serve(services, manifest.isPerChat === true ? options.chatBlock.bind(options) : undefined)
  const request: StartRequest = {
    assistantName: options.assistantName,
    block: options.blockFor(jsonSchema),
    plugins: services.assistant.plugins(),
    seconds: timeouts.startSeconds,
    cleanupSeconds: timeouts.cleanupSeconds,
  }
  try {
    const answer = await process.request('start', request, request.seconds)
    return { services, started: parseStarted(name, answer, permissions) }
  } catch (error) {
    throw describeIssues(error, options, jsonSchema)
  }
}

/** The host knows file and line of every configuration value; the process does not. */
function describeIssues(
  error: unknown,
  options: LaunchPluginOptions,
  jsonSchema: JsonSchema | undefined,
): unknown {
  if (!isThrown(error, ProblemError)) return error
  const { issues } = error.problem
  if (!issues) return error
  const message = options.describeIssues?.(options.candidate.name, issues) ?? error.problem.message
  return new ProblemError({ ...error.problem, message }, error.cause, jsonSchema)
}

function toProblem({ name, entry }: PluginCandidate, error: unknown): unknown {
  if (!isThrown(error, PluginCrashError)) return error
  const reason = error.message.replace(`Plugin ${name} `, '').replace(/\.$/, '')
  return new ProblemError(
    {
      plugin: name,
      severity: 'error',
      code: 'plugin-start-failed',
      message: `Plugin ${name} did not start: it ${reason}. Correct the cause, or switch the plugin off in plugins_config.json.`,
      file: entry,
    },
    error,
  )
}

/**
 * Whether Node's report of a file, which shows the line with the mistake, is for this plugin to see.
 * Beside a single file stand other plugins.
 */
function isOwnSource({ candidate, pluginPaths }: LaunchPluginOptions, given: string): boolean {
  const { directory, entry, isSingleFile } = candidate
  const file = path.resolve(given)
  if (!/\.(?:[cm]?js|m?ts)$/.test(file) || !isInside(directory, file)) return false
  if (!isSingleFile || file === entry) return true
  return !pluginPaths.some((taken) => file === taken || isInside(taken, file))
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file)
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)
}
