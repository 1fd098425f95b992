import { findClosest } from '@pluggram/base'
import { errorMessage, isPluggramError } from '@pluggram/sdk'
import type { AiSettings, Environment } from './ai-options.ts'
import { authorizationHeaders, serverUrl } from './base-url.ts'
import { chooseModel } from './choose-model.ts'
import { readBounded } from './models-list.ts'
import type { ModelServer, Selection } from './selection.ts'
import { LOCAL_SERVERS } from './vendors.ts'

/** What is wrong with a model, found without asking it anything. */
export interface ModelFault {
  readonly kind: 'misconfigured' | 'key-refused' | 'unreachable' | 'unknown' | 'context-small'
  /** `auto` or `provider:model`, as the configuration names it. */
  readonly model: string
  /** One sentence, with the next step if `fix` is absent. Contains no secrets. */
  readonly why: string
  readonly fix?: string
}

export interface ExamineOptions {
  readonly settings: Pick<AiSettings, 'model' | 'baseUrl' | 'providers'>
  readonly environment: Environment
  readonly ownPort?: number
  readonly signal: AbortSignal
  /** Nothing is asked: only the configuration is looked at. */
  readonly isOffline: boolean
  /** False for servers that are known not to answer. */
  mayAsk(address: URL): boolean
}

/** Less than this holds no conversation with tools. */
const LEAST_CONTEXT = 8_192

/** Looks at every model of `ai.model`: its configuration, its server, its key and its name. */
export async function examineModels(options: ExamineOptions): Promise<readonly ModelFault[]> {
  const { model } = options.settings
  const wanted = typeof model === 'string' ? [model] : model
  return (await Promise.all(wanted.map((one) => examine(one, options)))).flat()
}

async function examine(wanted: string, options: ExamineOptions): Promise<readonly ModelFault[]> {
  const { settings, environment, signal, isOffline, mayAsk } = options
  // without a name, only the server knows which model it is
  if (isOffline && !/:./.test(wanted)) return []
  let selection: Selection
  try {
    selection = await chooseModel(wanted, {
      settings,
      environment,
      localServers: LOCAL_SERVERS,
      ...(options.ownPort !== undefined && { ownPort: options.ownPort }),
      signal,
    })
  } catch (error) {
    const why = errorMessage(error)
    const isKey = /refuses the key/.test(why)
    const isDown = isPluggramError(error) && error.code !== 'ai-misconfigured'
    return [{ kind: isKey ? 'key-refused' : isDown ? 'unreachable' : 'misconfigured', model: wanted, why }]
  }
  const { server } = selection
  if (!server || isOffline || !mayAsk(new URL(server.baseUrl))) return []
  return examineServer(wanted, selection, server, signal)
}

async function examineServer(
  wanted: string,
  { api, model, label }: Selection,
  server: ModelServer,
  signal: AbortSignal,
): Promise<readonly ModelFault[]> {
  const fault = (kind: ModelFault['kind'], why: string, fix?: string): ModelFault[] => [
    { kind, model: wanted, why, ...(fix !== undefined && { fix }) },
  ]
  let response: Response
  let text: string
  try {
    response = await fetch(listUrl(api, server), {
      headers: headersFor(api, server),
      redirect: 'manual',
      signal,
    })
    text = await readBounded(response)
  } catch (error) {
    const reason = signal.aborted ? 'It did not answer within 5 s.' : `${causeOf(error)}.`
    return fault('unreachable', reason, 'Check that it runs and that this machine may connect to it.')
  }
  const isKeyWrong = response.status === 400 && /api.?key.{0,20}(?:not valid|invalid)/i.test(text)
  if (response.status === 401 || response.status === 403 || isKeyWrong) {
    return fault(
      'key-refused',
      `${label} answered with status ${response.status}.`,
      `Correct ${server.keySource}.`,
    )
  }
  if (response.status >= 500) {
    return fault('unreachable', `${label} answered with status ${response.status}.`, 'Try again later.')
  }
  const models = readModels(text)
  if (models === undefined || models.size === 0) return []
  const name = [model, `${model}:latest`].find((known) => models.has(known))
  if (name === undefined) {
    const closest = findClosest(model, models.keys())
    const advice = closest === undefined ? 'Name one that it has' : `Did you mean "${closest}"? Correct it`
    return fault(
      'unknown',
      `${label} lists ${models.size} models, and "${model}" is not one of them.`,
      `${advice} in ai.model.`,
    )
  }
  const context = models.get(name) ?? Infinity
  if (context >= LEAST_CONTEXT) return []
  return fault(
    'context-small',
    `It takes ${context} tokens at once; a conversation with tools needs ${LEAST_CONTEXT}.`,
    'Start its server with a larger context, or choose another model.',
  )
}

function listUrl(api: Selection['api'], server: ModelServer): string {
  const most = api === 'anthropic' ? '?limit=1000' : api === 'google' ? '?pageSize=1000' : ''
  return serverUrl(server, '/models') + (server.queryParameters ? '' : most)
}

function headersFor(api: Selection['api'], server: ModelServer): Record<string, string> {
  const { apiKey = '', headers } = server
  if (api === 'anthropic') return { ...headers, 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }
  if (api === 'google') return { ...headers, 'x-goog-api-key': apiKey }
  return authorizationHeaders(server)
}

/** The models of a list with the tokens that each takes, if the server says so; `undefined` if it is no list. */
function readModels(text: string): Map<string, number | undefined> | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  const list: unknown = field(body, 'data') ?? field(body, 'models')
  if (!Array.isArray(list)) return undefined
  const models = new Map<string, number | undefined>()
  for (const entry of list as unknown[]) {
    const id = field(entry, 'id') ?? field(entry, 'name')
    if (typeof id === 'string') models.set(id.replace(/^models\//, ''), contextOf(entry))
  }
  return models
}

function contextOf(entry: unknown): number | undefined {
  const size = ['max_model_len', 'context_length', 'context_window', 'inputTokenLimit']
    .map((key) => field(entry, key))
    .find((known) => typeof known === 'number' && known > 0)
  return size as number | undefined
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** The network's own word, such as `connect ECONNREFUSED 127.0.0.1:1`; never the request. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error && cause.message !== '' ? cause.message : 'The connection failed'
}
