import type { PluginManifest, Role } from '@pluggram/sdk'
import { jsonSchemaOf } from '@pluggram/sdk/runtime'
import { thrownMessage } from '../error-location.ts'
import type { LoadedPlugin } from './load-plugin.ts'
import { addConfigured, mergeManifests, parseManifest } from './manifest-schema.ts'
import { ProblemError } from '../plugin-problem.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { guardPatterns } from '../process/guarded-pattern.ts'

/** Identifies the plugin being started, and its files. */
export interface PluginIdentity {
  readonly name: string
  readonly file?: string
  readonly directory?: string
  /** Who may use its tools that do not set a role. Default `owner`. */
  readonly toolRole?: Role
  /** True when other files in the folder are not its own. */
  readonly isSingleFile?: boolean
}

/** A valid manifest, and warnings about it. */
export interface CheckedManifest {
  readonly manifest: PluginManifest
  readonly warnings: readonly PluginProblem[]
}

/**
 * Validates the manifest of a loaded plugin.
 * @throws ProblemError
 */
export function readManifest(
  identity: PluginIdentity,
  { module, packageManifest }: LoadedPlugin,
): CheckedManifest {
  let outcome
  try {
    const fromCode = module.form === 'class' ? (module.plugin.manifest ?? {}) : module.plugin
    outcome = parseManifest(mergeManifests(packageManifest, { ...fromCode }))
  } catch (error) {
    outcome = { issues: [thrownMessage(error)] }
  }
  if ('issues' in outcome) {
    const message = `has a manifest that cannot be used: ${outcome.issues.join('; ')}. Correct it.`
    throw new ProblemError(problemOf(identity, 'plugin-manifest-invalid', message))
  }
  const { manifest } = outcome
  const messages = [...outcome.warnings]
  if (manifest.name !== undefined && manifest.name !== identity.name) {
    messages.push(
      `its manifest calls it "${manifest.name}", but it is known by its file's name, ${identity.name}. Let both be the same`,
    )
  }
  const unknown = unknownPerChat(manifest)
  if (unknown.length > 0)
    messages.push(`perChat names keys that its schema does not have: ${unknown.join(', ')}`)
  return { manifest, warnings: messages.map((message) => manifestWarning(identity, `: ${message}`)) }
}

/** `perChat` keys that the schema does not have, if it lists its keys. */
function unknownPerChat({ perChat = [], config }: PluginManifest): readonly string[] {
  const keys = jsonSchemaOf(config)?.['properties']
  if (typeof keys !== 'object' || keys === null) return []
  return perChat.filter((key) => !Object.hasOwn(keys, key))
}

/** A warning about a plugin's manifest; a sentence without its full stop. */
export function manifestWarning(identity: PluginIdentity, message: string): PluginProblem {
  const sentence = /[.?]$/.test(message) ? message : `${message}.`
  return { ...problemOf(identity, 'plugin-manifest-invalid', sentence), severity: 'warning' }
}

/**
 * Adds the result of the manifest's `configure` for the plugin's checked configuration.
 * @throws ProblemError
 */
export function configureManifest(
  identity: PluginIdentity,
  checked: CheckedManifest,
  config: unknown,
): CheckedManifest {
  const { manifest, warnings } = checked
  if (!manifest.configure) return checked
  let outcome
  try {
    outcome = parseManifest(addConfigured({ ...manifest }, { ...manifest.configure(config) }))
  } catch (error) {
    outcome = { issues: [thrownMessage(error)] }
  }
  if (!('issues' in outcome)) return { manifest: guarded(outcome.manifest), warnings }
  const message = `cannot work with its configuration: ${outcome.issues.join('; ')}. Correct plugins.${identity.name} in config.json.`
  throw new ProblemError(problemOf(identity, 'plugin-config-invalid', message))
}

/**
 * Guards patterns from the configuration: the assistant itself matches them against strangers'
 * texts, at every isolation level.
 */
function guarded(manifest: CheckedManifest['manifest']): CheckedManifest['manifest'] {
  const { patterns } = manifest
  return patterns === undefined ? manifest : { ...manifest, patterns: guardPatterns(patterns) }
}

/** A problem of that plugin; the message continues after its name. */
export function problemOf(
  identity: PluginIdentity,
  code: PluginProblem['code'],
  message: string,
): PluginProblem {
  const separator = message.startsWith(':') || message === '' ? '' : ' '
  return {
    plugin: identity.name,
    severity: 'error',
    code,
    message: `Plugin ${identity.name}${separator}${message}`,
    ...(identity.file !== undefined && { file: identity.file }),
  }
}
