import { settingKeys, type TakesEffect } from './setting-keys.ts'
import type { EnvironmentEntry } from './environment.ts'
import { isJsonObject, pathKey, type JsonObject, type JsonPath, type JsonValue } from './json-value.ts'

/** A variable that overrides a key of `config.json`. */
export interface EnvironmentSetting {
  readonly name: string
  readonly path: readonly string[]
  /** Converts accepted spellings of a value, such as `INFO` for `info`. */
  readonly normalise?: (value: string) => string | number
}

export const ENVIRONMENT_SETTINGS: readonly EnvironmentSetting[] = [
  { name: 'TELEGRAM_BOT_TOKEN', path: ['telegram', 'bot_token'], normalise: (value) => value.trim() },
  { name: 'TELEGRAM_API_ROOT', path: ['telegram', 'api_root'] },
  { name: 'TELEGRAM_PROXY', path: ['telegram', 'proxy'] },
  { name: 'TELEGRAM_WEBHOOK_URL', path: ['telegram', 'webhook', 'url'] },
  { name: 'TELEGRAM_WEBHOOK_SECRET', path: ['telegram', 'webhook', 'secret'] },
  { name: 'HOST', path: ['http', 'host'] },
  {
    name: 'PORT',
    path: ['http', 'port'],
    normalise: (value) => (/^\d{1,9}$/.test(value) ? Number(value) : value),
  },
  { name: 'PLUGGRAM_PASSWORD', path: ['http', 'password'] },
  { name: 'PLUGGRAM_METRICS_TOKEN', path: ['http', 'metrics_token'] },
  { name: 'LOG_LEVEL', path: ['log', 'level'], normalise: (value) => value.toLowerCase() },
  { name: 'OPENAI_BASE_URL', path: ['ai', 'base_url'] },
  ...['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'].flatMap((key) => [
    // as curl does: when both are set, the one in lower case counts
    { name: key.toUpperCase(), path: ['network', key] },
    { name: key, path: ['network', key] },
  ]),
  { name: 'MCP_TOKEN', path: ['mcp', 'token'], normalise: (value) => value.trim() },
]

/** A variable that does not set a key. */
export interface OtherVariable {
  readonly name: string
  readonly description: string
  /**
   * Absent for variables read only from the process environment, which cannot change while the
   * assistant runs.
   */
  readonly takesEffect?: TakesEffect
}

/** A variable of the assistant, and when a change of it takes effect. */
export function findVariable(name: string): { readonly takesEffect: TakesEffect | undefined } | undefined {
  const setting = ENVIRONMENT_SETTINGS.find((known) => known.name === name)
  if (!setting)
    return OTHER_ENVIRONMENT.find((known) => known.name === name) as ReturnType<typeof findVariable>
  const key = settingKeys().find(({ path }) => pathKey(path) === pathKey(setting.path))
  return { takesEffect: key?.takesEffect }
}

/** Variables that do not set a key of `config.json`, for the reference. */
export const OTHER_ENVIRONMENT: readonly OtherVariable[] = [
  {
    name: 'PLUGGRAM_HOME',
    description: "The assistant's home, default the current folder. Read from the process environment only.",
  },
  {
    name: 'OPENAI_API_KEY',
    description: 'Key for OpenAI, or for the server at `OPENAI_BASE_URL`.',
    takesEffect: 'live',
  },
  { name: 'ANTHROPIC_API_KEY', description: 'Key for Anthropic.', takesEffect: 'live' },
  { name: 'GOOGLE_GENERATIVE_AI_API_KEY', description: 'Key for Google.', takesEffect: 'live' },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description:
      'Where messages are sent as OpenTelemetry traces, without words, secrets and ids of people, such as `http://localhost:4318`. Other `OTEL_…` variables count, too ([the guide](../guides/operations.md#send-traces)).',
    takesEffect: 'next start',
  },
  {
    name: 'SENTRY_DSN',
    description:
      'Errors go to this Sentry project as well: with their place and plugin, without secrets, ids of users and chats, or what people wrote.',
    takesEffect: 'live',
  },
]

/**
 * The assistant's own variables. A plugin must not receive the assistant's credentials just because
 * it is named `telegram` or `openai`. The owner can still pass one on with `"${OPENAI_API_KEY}"`.
 */
const RESERVED =
  /^(?:(?:TELEGRAM|PLUGGRAM|OPENAI|ANTHROPIC|GOOGLE_GENERATIVE_AI|SENTRY|OTEL|NODE|NPM|MCP)_.*|DATABASE_URL|LOG_LEVEL)$/

/** Whether a variable belongs to the assistant itself and therefore never sets a plugin's key. */
export function isReservedVariable(name: string): boolean {
  return RESERVED.test(name)
}

/** The settings from the environment, and which variable set which key. */
export interface EnvironmentOverlay {
  readonly value: JsonObject
  /** Maps the `pathKey` of a key to its variable. */
  readonly names: ReadonlyMap<string, string>
}

export function readEnvironmentSettings(
  environment: ReadonlyMap<string, Pick<EnvironmentEntry, 'value'>>,
): EnvironmentOverlay {
  let value: JsonObject = {}
  const names = new Map<string, string>()
  for (const { name, path, normalise } of ENVIRONMENT_SETTINGS) {
    const entry = environment.get(name)
    if (entry === undefined) continue
    value = withValueAt(value, path, normalise === undefined ? entry.value : normalise(entry.value))
    names.set(pathKey(path), name)
  }
  return { value, names }
}

/** Merges `overlay` into `base`. Only objects are merged; other values are replaced. */
export function mergeObjects(base: JsonObject, overlay: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base }
  for (const [key, value] of Object.entries(overlay)) {
    const below = merged[key]
    merged[key] = isJsonObject(below) && isJsonObject(value) ? mergeObjects(below, value) : value
  }
  return merged
}

function withValueAt(root: JsonObject, path: JsonPath, value: JsonValue): JsonObject {
  const nested = path.toReversed().reduce<JsonValue>((inner, key) => ({ [key]: inner }), value)
  return isJsonObject(nested) ? mergeObjects(root, nested) : root
}
