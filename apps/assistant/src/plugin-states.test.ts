import type { PluginProblem, PluginState } from '@pluggram/host'
import { createSecretMask } from '@pluggram/observability'
import { expect, test } from 'vitest'
import { pluginsHealth } from './plugins.ts'
import { readPluginStates } from './plugin-states.ts'

function state(name: string, more: Partial<PluginState> = {}): PluginState {
  return { name, origin: 'home', isolation: 'process', state: 'running', crashes: 0, effects: [], ...more }
}

function problem(plugin: string, message: string): PluginProblem {
  return { plugin, severity: 'error', code: 'plugin-config-invalid', message }
}

function read(hosted: PluginState[], leftOut: PluginProblem[] = []): Promise<readonly PluginState[]> {
  const board = {
    quickStatuses: async () => hosted,
    mounted: () => [state('mounted', { origin: 'mcp' })],
    wanted: { leftOut },
  }
  return readPluginStates(board, createSecretMask(['key-of-the-weather']))
}

test('a status that gives the whole configuration shows none of its secrets', async () => {
  const config = {
    api_key: 'short',
    url: 'https://x.example/?k=key-of-the-weather',
    auth: { token: 'abc', retries: 3 },
    places: ['Oslo', 'key-of-the-weather'],
    tokens: 12,
    password: '',
  }
  const [weather] = await read([state('weather', { status: { status: 'active', config } })])
  expect(weather?.status).toEqual({
    status: 'active',
    config: {
      api_key: '[secret]',
      url: 'https://x.example/?k=[secret]',
      auth: { token: '[secret]', retries: 3 },
      places: ['Oslo', '[secret]'],
      tokens: 12,
      password: '',
    },
  })
})

test('what is wrong with a plugin shows without secrets', async () => {
  const [broken] = await read([
    state('broken', { state: 'failed', problem: problem('broken', 'no key-of-the-weather there') }),
  ])
  expect(broken?.problem?.message).toBe('no [secret] there')
})

test('a plugin that is switched on and was not even tried is named with all that is wrong', async () => {
  const states = await read(
    [state('fine'), state('broken', { state: 'off' })],
    [problem('broken', 'NAME is not set'), problem('broken', 'OTHER is not set')],
  )
  expect(states.map(({ name, state: now, problem: why }) => [name, now, why?.message])).toEqual([
    ['fine', 'running', undefined],
    ['broken', 'failed', 'NAME is not set\nOTHER is not set'],
    ['mounted', 'running', undefined],
  ])
})

test('a plugin whose changed block is broken goes on with the old one, and shows as it is', async () => {
  const states = await read([state('kept')], [problem('kept', 'NAME is not set')])
  expect(states.map(({ name, state: now }) => [name, now])).toEqual([
    ['kept', 'running'],
    ['mounted', 'running'],
  ])
})

test("what the host knows of a plugin is not the plugin's to say", () => {
  const status = { status: 'fine', state: 'parked', isolation: 'inline', version: '9' }
  expect(pluginsHealth([state('liar', { status, version: '1.0.0' })])).toEqual({
    status: 'ok',
    plugins: { liar: { state: 'running', isolation: 'process', version: '1.0.0', status: 'fine' } },
  })
})
