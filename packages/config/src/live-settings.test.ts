import { expect, test } from 'vitest'
import { OTHER_ENVIRONMENT } from './environment-settings.ts'
import { createLiveSettings } from './live-settings.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { settingKeys } from './setting-keys.ts'
import { camelCase } from './settings.ts'
import { load } from './test-configuration.ts'

const LATER = 'it takes effect when the assistant is started again.'
const keys = settingKeys().filter(({ path }) => path[0] !== 'plugins')
const named = keys.map(({ path, takesEffect }) => [path.join('.'), path, takesEffect] as const)

/** The same configuration with one key changed. */
function changed(loaded: LoadedConfiguration, path: readonly string[], value: unknown): LoadedConfiguration {
  const settings = structuredClone(loaded.settings) as object
  let section = settings as Record<string, unknown>
  for (const key of path.slice(0, -1)) section = section[camelCase(key)] as Record<string, unknown>
  section[camelCase(path.at(-1) ?? '')] = value
  return { ...loaded, settings: settings as LoadedConfiguration['settings'] }
}

function at(settings: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[camelCase(key)], settings)
}

test('every key says when it takes effect', () => {
  expect(keys.length).toBeGreaterThan(60)
  expect(settingKeys().filter(({ takesEffect }) => takesEffect === undefined)).toEqual([])
})

/** The key, or its ancestor three levels below the top. */
const followed = (path: readonly string[]) => path.map(camelCase).slice(0, 3) as ['mcp', 'servers']

const liveKeys = named.filter(([name, , mark]) => mark === 'live' && name !== 'telegram.bot_token')

test.each(liveKeys)('%s is live', async (_name, path) => {
  const started = await load({})
  const live = createLiveSettings(started)
  const before = at(live.now, path)
  const heard: unknown[] = []
  live.at(...followed(path)).onChange((now) => void heard.push(now))
  const value = { another: 'value' }
  expect(live.take(changed(started, path, value))).toEqual([])
  expect(at(live.now, path)).toEqual(value)
  expect(heard).toEqual([at(live.now, followed(path))])
  expect(live.take(started)).toEqual([])
  expect(at(live.now, path)).toEqual(before)
})

test.each(named.filter(([, , mark]) => mark === 'next start'))('%s is announced', async (name, path) => {
  const started = await load({})
  const live = createLiveSettings(started)
  const before = at(live.now, path)
  const next = changed(started, path, { another: 'value' })
  const lines = live.take(next)
  expect(lines).toEqual([`${name} in config.json was changed; ${LATER}`])
  expect(at(live.now, path)).toEqual(before)
  expect(() => live.at(...followed(path))).toThrow('is marked "next start"')
  // it is reported only while it is pending
  expect(live.take(next)).toEqual(lines)
  expect(live.take(started)).toEqual([])
})

test.each(OTHER_ENVIRONMENT.filter(({ takesEffect }) => takesEffect === 'next start'))(
  '$name is announced',
  async ({ name }) => {
    const live = createLiveSettings(await load({}))
    expect(live.take(await load({}, { [name]: 'another' }))).toEqual([`${name} was changed; ${LATER}`])
  },
)

test('another token of the same bot is live; another bot, and having or losing one, is announced', async () => {
  const started = await load({ '.env': 'TELEGRAM_BOT_TOKEN=700000001:AAold-token-of-this-bot-000000000000' })
  const renewed = await load({ '.env': 'TELEGRAM_BOT_TOKEN=700000001:AAnew-token-of-this-bot-000000000000' })
  const other = await load({ '.env': 'TELEGRAM_BOT_TOKEN=70000000:AAnew-token-of-this-bot-000000000000' })
  const settings = createLiveSettings(started)
  const heard: unknown[] = []
  settings.at('telegram', 'botToken').onChange((now) => void heard.push(now))
  expect(settings.take(renewed)).toEqual([])
  expect(heard).toEqual([renewed.settings.telegram.botToken])
  const why = `belongs to another bot, which has other chats and messages; ${LATER}`
  expect(settings.take(other)).toEqual([`telegram.bot_token in .env ${why}`])
  expect(settings.take(await load({}))).toHaveLength(1)
  expect(settings.now.telegram.botToken).toBe(renewed.settings.telegram.botToken)
  expect(createLiveSettings(await load({})).take(started)).toHaveLength(1)
})

test('where the change was made is named, without the value', async () => {
  const live = createLiveSettings(await load({}))
  const next = await load({
    '.env': 'TELEGRAM_PROXY=http://proxy.example:3128\nMCP_TOKEN=0123456789abcdef',
    'config.json': '{ "http": { "port": 8181 }, "plugin_host": { "hot_reload": false } }',
  })
  expect(live.take(next)).toEqual([`http.port in config.json was changed; ${LATER}`])
  expect(live.now.http).toMatchObject({ port: 8080 })
  expect(live.now.telegram.proxy).toBe('http://proxy.example:3128')
  expect([live.now.mcp.token, live.now.pluginHost.hotReload]).toEqual(['0123456789abcdef', false])
})

test('only what changed is told, a listener that throws keeps no other from it, and one that left hears nothing', async () => {
  const live = createLiveSettings(await load({}))
  const heard: string[] = []
  live.at('access').onChange(() => {
    throw new Error('broken')
  })
  live.at('access', 'owners').onChange((now) => void heard.push(`owners ${now.join()}`))
  live.at('mcp', 'servers').onChange(() => void heard.push('servers'))
  live.at('access', 'owners').onChange(() => void heard.push('left'))()
  const next = await load({ 'config.json': '{ "access": { "owners": [7] } }' })
  expect(() => live.take(next)).toThrow('a listener to a change failed')
  expect(heard).toEqual(['owners 7'])
  expect([...live.readers]).toEqual(['access', 'access.owners', 'mcp.servers'])
})
