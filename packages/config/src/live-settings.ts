import { isDeepStrictEqual } from 'node:util'
import { OTHER_ENVIRONMENT } from './environment-settings.ts'
import { createLive } from './live.ts'
import type { Live } from './live.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { settingKeys } from './setting-keys.ts'
import type { SettingKey } from './setting-keys.ts'
import { camelCase } from './settings.ts'
import type { AssistantSettings } from './settings.ts'

type Settings = AssistantSettings

/** The settings in force. Keys marked `next start` keep the value from startup. */
export interface LiveSettings {
  readonly now: Settings
  /**
   * A key marked `live`, to be read when needed or watched for changes.
   * @throws Error when the key, or one below it, is marked `next start`
   */
  at<A extends keyof Settings>(section: A): Live<Settings[A]>
  at<A extends keyof Settings, B extends keyof Settings[A]>(section: A, key: B): Live<Settings[A][B]>
  at<A extends keyof Settings, B extends keyof Settings[A], C extends keyof Settings[A][B]>(
    section: A,
    key: B,
    inner: C,
  ): Live<Settings[A][B][C]>
  /** The keys that were requested with `at`, for example `pluginHost.hotReload`. */
  readonly readers: ReadonlySet<string>
  /**
   * Applies a new configuration.
   * @returns one line for each change that takes effect at the next start
   */
  take(next: LoadedConfiguration): readonly string[]
}

/** Creates the settings in force from the configuration at startup. */
export function createLiveSettings(started: LoadedConfiguration): LiveSettings {
  const keys = settingKeys().filter(({ path }) => path[0] !== 'plugins')
  const waiting = keys.filter(({ takesEffect }) => takesEffect !== 'live')
  const settings = createLive(started.settings)
  const readers = new Set<string>()

  function at(...path: readonly string[]): Live<unknown> {
    const name = path.join('.')
    const late = waiting.find((key) => startsWith(nameOf(key), name))
    if (late) throw new Error(`${late.path.join('.')} is marked "next start", so nobody can follow ${name}`)
    readers.add(name)
    return {
      get now() {
        return valueAt(settings.now, path)
      },
      onChange: (listener) =>
        settings.onChange((now, before) => {
          const [value, old] = [valueAt(now, path), valueAt(before, path)]
          if (!isDeepStrictEqual(value, old)) listener(value, old)
        }),
    }
  }

  return {
    get now() {
      return settings.now
    },
    at: at as LiveSettings['at'],
    readers,
    take(next) {
      const held = keys.filter((key) => {
        const path = key.path.map(camelCase)
        const [now, then] = [valueAt(settings.now, path), valueAt(next.settings, path)]
        if (isDeepStrictEqual(now, then)) return false
        return key.takesEffect !== 'live' || isOtherBot(key, now, then)
      })
      const now = held.reduce(
        (merged, { path }) => withValueFrom(settings.now, merged, path.map(camelCase)),
        next.settings,
      )
      if (!isDeepStrictEqual(now, settings.now)) settings.set(now)
      return [...held.map((key) => lineOf(key, next)), ...changedVariables(started, next)]
    },
  }
}

const LATER = 'it takes effect when the assistant is started again.'

function lineOf(key: SettingKey, next: LoadedConfiguration): string {
  const { path } = key
  const { via } = next.locate(path)
  const place = via.startsWith('environment') ? '' : ` in ${via}`
  const what = `${path.join('.')}${place}`
  if (nameOf(key) !== BOT_TOKEN) return `${what} was changed; ${LATER}`
  return `${what} belongs to another bot, which has other chats and messages; ${LATER}`
}

const BOT_TOKEN = 'telegram.botToken'

/** A bot keeps its id, the digits before the colon, when @BotFather gives it another token. */
function isOtherBot(key: SettingKey, now: unknown, next: unknown): boolean {
  return nameOf(key) === BOT_TOKEN && botOf(now) !== botOf(next)
}

function botOf(token: unknown): string | undefined {
  return typeof token === 'string' ? token.split(':', 1)[0] : undefined
}

/** Reports changed variables that do not set a key. */
function changedVariables(started: LoadedConfiguration, next: LoadedConfiguration): string[] {
  return OTHER_ENVIRONMENT.flatMap(({ name, takesEffect }) =>
    takesEffect === 'next start' && started.environment[name] !== next.environment[name]
      ? `${name} was changed; ${LATER}`
      : [],
  )
}

function nameOf({ path }: SettingKey): string {
  return path.map(camelCase).join('.')
}

function startsWith(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}.`)
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}

/** A copy of `target` with `source`'s value at `path`. */
function withValueFrom<Value>(source: Value, target: Value, path: readonly string[]): Value {
  const [key, ...rest] = path
  if (key === undefined) return source
  const [from, to] = [source, target] as readonly Readonly<Record<string, unknown>>[]
  return Object.freeze({ ...to, [key]: withValueFrom(from?.[key], to?.[key], rest) }) as Value
}
