import { AiError } from '@pluggram/sdk'
import type { AiSettings, Environment } from './ai-options.ts'
import { parseBaseUrl } from './base-url.ts'
import type { Selection } from './selection.ts'
import { VENDORS } from './vendors.ts'

export interface ConfiguredOptions {
  readonly settings: Pick<AiSettings, 'providers'>
  readonly environment: Environment
}

/**
 * The model on a server listed in `ai.providers`; `undefined` when there is no such server.
 * @throws AiError when the entry or the model's name is incomplete
 */
export function configuredProvider(
  name: string,
  model: string,
  { settings, environment }: ConfiguredOptions,
): Selection | undefined {
  const providers = settings.providers ?? {}
  const entry = Object.hasOwn(providers, name) ? providers[name] : undefined
  if (!entry) return undefined
  const place = `ai.providers.${name}`
  const vendor = VENDORS.find((known) => known.provider === name)
  const api = entry.api ?? vendor?.provider ?? 'openai-compatible'
  const address = entry.baseUrl ?? VENDORS.find((known) => known.provider === api)?.baseUrl
  if (address === undefined) {
    throw new AiError('ai-misconfigured', `${place} has no address. Add base_url to it in config.json.`)
  }
  if (model === '' && !vendor) {
    throw new AiError(
      'ai-misconfigured',
      `ai.model asks for ${name} without saying which model. Write "${name}:MODEL".`,
    )
  }
  const parsed = parseBaseUrl(address, `${place}.base_url`)
  const fromEnvironment = vendor && environment[vendor.keyVariable]?.trim()
  const apiKey = entry.apiKey ?? fromEnvironment
  const isOwn = parsed.baseUrl === vendor?.baseUrl
  return {
    provider: name,
    api,
    model: model || (vendor?.defaultModel ?? ''),
    label: isOwn ? vendor.label : `${name} at ${parsed.baseUrl}`,
    reason: 'ai.model names it',
    isProvisional: false,
    ...(entry.takes && { takes: entry.takes }),
    server: {
      ...parsed,
      headers: { ...parsed.headers, ...entry.headers },
      ...(apiKey && { apiKey }),
      keySource:
        entry.apiKey || !vendor ? `${place}.api_key in config.json` : `${vendor.keyVariable} in .env`,
      isLocal: false,
    },
  }
}
