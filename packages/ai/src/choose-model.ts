import { AiError } from '@pluggram/sdk'
import type { AiSettings, Environment } from './ai-options.ts'
import { parseBaseUrl } from './base-url.ts'
import { findLocalModel } from './local-servers.ts'
import { askModels, firstChatModel } from './models-list.ts'
import type { ModelServer, Selection } from './selection.ts'
import { configuredProvider } from './configured-provider.ts'
import { PROVIDER_NAMES, VENDORS } from './vendors.ts'
import type { LocalServer, Vendor } from './vendors.ts'

const MODELS_TIMEOUT_MS = 5_000

const CONNECT_HINT =
  'Put OPENAI_API_KEY, ANTHROPIC_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY into .env, or OPENAI_BASE_URL for a compatible server, or start Ollama on this machine.'

export interface ChooseOptions {
  readonly settings: Pick<AiSettings, 'baseUrl' | 'providers'>
  readonly environment: Environment
  readonly localServers: readonly LocalServer[]
  readonly ownPort?: number
  readonly signal: AbortSignal
}

/**
 * Finds the model that answers.
 * @param wanted `auto` or `provider:model`
 * @throws AiError when the configuration is unusable, or a configured server does not answer.
 */
export async function chooseModel(wanted: string, options: ChooseOptions): Promise<Selection> {
  const name = wanted.trim()
  return name === '' || name === 'auto' ? chooseAutomatically(options) : chooseNamed(name, options)
}

async function chooseAutomatically(options: ChooseOptions): Promise<Selection> {
  const configured = configuredServer(options)
  if (configured) return firstModelOf(configured.server, configured.source, options)
  for (const vendor of VENDORS) {
    if (variable(options.environment, vendor.keyVariable)) {
      return vendorSelection(vendor, vendor.defaultModel, `${vendor.keyVariable} is set`, options)
    }
  }
  const local = await findLocalModel(options)
  if (local.kind === 'found') return local.selection
  return demoSelection(
    'no key in the environment and no local model server',
    true,
    local.hint ?? CONNECT_HINT,
  )
}

async function chooseNamed(wanted: string, options: ChooseOptions): Promise<Selection> {
  const colon = wanted.indexOf(':')
  const name = colon < 0 ? wanted : wanted.slice(0, colon)
  const model = colon < 0 ? '' : wanted.slice(colon + 1).trim()
  const named = configuredProvider(name, model, options)
  if (named) return named
  const provider = PROVIDER_NAMES.find((known) => known === name)
  if (!provider) {
    const shown = /^[\w.-]{1,30}$/.test(name) ? ` "${name}"` : ''
    throw new AiError(
      'ai-misconfigured',
      `ai.model names an unknown provider${shown}. Write auto, or provider:model with one of ${[...PROVIDER_NAMES, ...Object.keys(options.settings.providers ?? {})].join(', ')}.`,
    )
  }
  const reason = 'ai.model names it'
  if (provider === 'demo') return demoSelection(reason, false, CONNECT_HINT)
  if (provider === 'llama-cpp') return fileSelection(model, reason)
  const configured = configuredServer(options)
  if (provider === 'openai-compatible' || (provider === 'openai' && configured)) {
    if (!configured) {
      throw new AiError(
        'ai-misconfigured',
        'ai.model asks for an openai-compatible server, but no address is set. Set OPENAI_BASE_URL in .env, for example to http://127.0.0.1:11434/v1.',
      )
    }
    if (!model) return firstModelOf(configured.server, configured.source, options)
    return serverSelection(provider, model, configured.server, reason)
  }
  const vendor = vendorOf(provider)
  return vendorSelection(vendor, model || vendor.defaultModel, reason, options)
}

function vendorOf(provider: string): Vendor {
  const vendor = VENDORS.find((candidate) => candidate.provider === provider)
  if (!vendor)
    throw new AiError('ai-misconfigured', `ai.model names the provider ${provider}, which has no API.`)
  return vendor
}

function vendorSelection(
  vendor: Vendor,
  model: string,
  reason: string,
  { environment }: ChooseOptions,
): Selection {
  const apiKey = variable(environment, vendor.keyVariable)
  if (!apiKey) {
    throw new AiError(
      'ai-misconfigured',
      `ai.model asks for ${vendor.label}, but ${vendor.keyVariable} is not set. Put it into .env.`,
    )
  }
  return {
    provider: vendor.provider,
    api: vendor.provider,
    model,
    label: vendor.label,
    reason,
    isProvisional: false,
    server: { baseUrl: vendor.baseUrl, apiKey, keySource: `${vendor.keyVariable} in .env`, isLocal: false },
  }
}

function serverSelection(
  provider: 'openai' | 'openai-compatible',
  model: string,
  server: ModelServer,
  reason: string,
  isProvisional = false,
): Selection {
  return {
    provider,
    api: 'openai-compatible',
    model,
    label: `the model server at ${server.baseUrl}`,
    reason,
    server,
    isProvisional,
  }
}

function demoSelection(reason: string, isProvisional: boolean, setupHint: string): Selection {
  return {
    provider: 'demo',
    api: 'demo',
    model: 'help-texts',
    label: 'the demo model',
    reason,
    setupHint,
    isProvisional,
  }
}

function fileSelection(file: string, reason: string): Selection {
  if (file === '') {
    throw new AiError(
      'ai-misconfigured',
      'ai.model asks for llama-cpp without saying which file. Write "llama-cpp:models/NAME.gguf".',
    )
  }
  return {
    provider: 'llama-cpp',
    api: 'llama-cpp',
    model: file,
    label: 'node-llama-cpp',
    reason,
    isProvisional: false,
  }
}

/** The server that the configuration or the environment names. */
function configuredServer({
  settings,
  environment,
}: ChooseOptions): { server: ModelServer; source: string } | undefined {
  const source = settings.baseUrl?.trim() ? 'ai.base_url' : 'OPENAI_BASE_URL'
  const address = settings.baseUrl?.trim() || variable(environment, 'OPENAI_BASE_URL')
  if (!address) return undefined
  const apiKey = variable(environment, 'OPENAI_API_KEY')
  const server = {
    ...parseBaseUrl(address, source),
    ...(apiKey && { apiKey }),
    keySource: 'OPENAI_API_KEY in .env',
    isLocal: false,
  }
  return { server, source }
}

/**
 * The first chat model that the server lists. Without a list, the default name is used, which the
 * server may refuse.
 */
async function firstModelOf(
  configured: ModelServer,
  source: string,
  { signal }: ChooseOptions,
): Promise<Selection> {
  // people forget the /v1 in the address of compatible servers
  const isBare = new URL(configured.baseUrl).pathname === '/'
  const candidates = isBare
    ? [configured, { ...configured, baseUrl: `${configured.baseUrl}/v1` }]
    : [configured]
  for (const server of candidates) {
    const answer = await askModels(server, { timeoutMs: MODELS_TIMEOUT_MS, signal })
    if (answer.kind === 'models') {
      const model = firstChatModel(answer.ids)
      if (model) return serverSelection('openai-compatible', model, server, `${source} is set`, true)
      throw new AiError(
        'ai-misconfigured',
        `The model server at ${server.baseUrl} lists no model for conversations. Load one there, or name it: ai.model = "openai-compatible:NAME".`,
      )
    }
    if (answer.kind === 'unreachable') {
      const why = answer.isTimeout ? 'did not answer in time' : 'cannot be reached'
      const help = answer.proxy ?? `Start it, or correct ${source}`
      throw new AiError(
        'ai-unavailable',
        `The model server at ${server.baseUrl} ${why}${answer.proxy === undefined ? '. ' : ': '}${help}.`,
        { isRetryable: true },
      )
    }
    if (answer.status === 401 || answer.status === 403) {
      throw new AiError(
        'ai-misconfigured',
        `The model server at ${server.baseUrl} refuses the key (HTTP ${answer.status}). Set OPENAI_API_KEY in .env to one it accepts.`,
      )
    }
    if (answer.status >= 500) {
      throw new AiError(
        'ai-unavailable',
        `The model server at ${server.baseUrl} answers with an error (HTTP ${answer.status}). Try again later.`,
        { isRetryable: true },
      )
    }
  }
  const fallback = vendorOf('openai').defaultModel
  return serverSelection(
    'openai-compatible',
    fallback,
    configured,
    `${source} is set; the server lists no models, so the default name is used`,
    true,
  )
}

function variable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined
}
