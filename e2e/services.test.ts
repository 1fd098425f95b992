import { afterEach, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const CALLER = `
import { definePlugin, definePluginReference } from '@pluggram/sdk'

const geocoder = definePluginReference('geocoder')

export default definePlugin({
  requires: ['geocoder'],
  permissions: { observe: true, metrics: true },
  setup({ services, config }) {
    const { store, cache, rateLimit, queue, i18n, plugins, statistics, logger } = services
    const found = plugins.call('geocoder', 'find', 'at start')
    const observed = []
    let made = 0
    const jobs = {
      async store(context) {
        const own = store.forChat(context.chat.id)
        await Promise.all(Array.from({ length: 20 }, () => own.update('n', async (n = 0) => n + 1)))
        await store.set('shared', { list: [1] }, { ttlSeconds: 60 })
        return { n: await own.get('n'), own: await own.list(), shared: await store.list('sha') }
      },
      async cache() {
        const make = async () => ({ made: ++made, at: new Date(0) })
        const all = await Promise.all([1, 2, 3].map(() => cache.wrap('k', { ttlSeconds: 60 }, make)))
        return [all.map((value) => value.made), (await cache.get('k')).at.getTime(), await cache.delete('k')]
      },
      async limit() {
        const rule = { points: 2, seconds: 60 }
        const states = [await rateLimit.take('a', rule), await rateLimit.take('a', rule)]
        const error = await rateLimit.require('a', rule).catch((reason) => reason)
        return [...states.map((state) => state.remaining), error.code, error.retryAfterSeconds > 20]
      },
      async queue() {
        const jobs = queue.create('work', { concurrency: 1, maxWaiting: 1 })
        const outcomes = await Promise.allSettled([1, 2, 3].map((n) => jobs.add(async () => n)))
        return outcomes.map((outcome) => outcome.value ?? outcome.reason.code)
      },
      async texts() {
        return [i18n.t('found', { count: 2, name: 'Ann' }), i18n.t('unknown.key'), i18n.language(), i18n.languages]
      },
      async plugins() {
        const wrong = await plugins.call('geocoder', 'nothing').catch((error) => error.code)
        const other = await plugins.call('dice', 'roll').catch((error) => error.code)
        const thrown = await plugins.use(geocoder).fail().catch((error) => error.message)
        return [await found, await plugins.use(geocoder).find('Oslo'), wrong, other, thrown]
      },
      async log() {
        logger.info('a line of mine', { plugin: 'somebody else', detail: 7 })
        return 'logged'
      },
      async observed() {
        return observed
      },
      async statistics() {
        const [reading] = await statistics.read(['plugin_up'])
        return reading.samples.map((sample) => sample.labels.plugin).toSorted()
      },
      async config() {
        return [config.greeting, services.config.get().greeting]
      },
    }
    return {
      observe(event) {
        const { message, plugin, outcome, answers } = event
        if (message.text !== 'observed') observed.push([message.text, plugin, outcome, answers.map((text) => text.slice(0, 40))])
      },
      async processMessage(message, context) {
        return jobs[message] ? { success: true, response: JSON.stringify(await jobs[message](context)) } : undefined
      },
    }
  },
})
`

const GEOCODER = `
export default class Geocoder {
  constructor() {
    this.provides = {
      find: async (place) => ({ place, latitude: 59.9 }),
      fail() { throw new Error('no such place') },
    }
  }
}
`

const FILES = {
  'plugins/caller/index.js': CALLER,
  'plugins/caller/package.json': { name: 'caller', type: 'module', main: 'index.js' },
  'plugins/caller/locales/en.json': { found: '{count, plural, one {# hit} other {# hits}} for {name}' },
  'plugins/caller/locales/de.json': {
    found: '{count, plural, one {# Treffer} other {# Treffer}} für {name}',
  },
  'plugins/geocoder.js': GEOCODER,
}

describe.each(LEVELS)('services of a plugin at level %s', (isolation) => {
  test('work', async () => {
    const home = await createHome({
      ...FILES,
      'plugins_config.json': {
        enabled_plugins: { caller: true, geocoder: true, ai_chatbot: false },
        grants: { caller: { observe: true, metrics: true } },
      },
      'config.json': {
        plugins: { caller: { greeting: 'hi' } },
        plugin_host: { plugins: { caller: { isolation } } },
      },
    })
    const assistant = await startAssistant(home)
    const driver = await logIn(assistant)
    const ann = await createPerson(driver)
    const answer = async (text: string): Promise<unknown> => {
      const [reply = ''] = await ask(driver, ann, text)
      return reply.startsWith('[') || reply.startsWith('{') || reply.startsWith('"')
        ? JSON.parse(reply)
        : reply
    }
    expect(await answer('store')).toEqual({ n: 20, own: ['n'], shared: ['shared'] })
    expect(await answer('cache')).toEqual([[1, 1, 1], 0, true])
    expect(await answer('limit')).toEqual([1, 0, 'rate-limited', true])
    expect(await answer('queue')).toEqual([1, 2, 'queue-full'])
    expect(await answer('texts')).toEqual(['2 hits for Ann', 'unknown.key', 'en', ['de', 'en']])
    expect(await answer('plugins')).toEqual([
      { place: 'at start', latitude: 59.9 },
      { place: 'Oslo', latitude: 59.9 },
      'plugin-not-found',
      'permission-missing',
      'no such place',
    ])
    expect(await answer('log')).toBe('logged')
    await assistant.waitFor(
      new RegExp(`"plugin":"caller","chat":${ann.id},"message":\\d+,"detail":7,"msg":"a line of mine"`),
    )
    await answer('what nobody answers')
    await expect
      .poll(() => answer('observed'))
      .toEqual([
        ['store', 'caller', 'answered', [expect.stringContaining('"n":20')]],
        ...['cache', 'limit', 'queue', 'texts', 'plugins', 'log'].map((text) => [
          text,
          'caller',
          'answered',
          [expect.any(String)],
        ]),
        ['what nobody answers', null, 'unanswered', [expect.stringContaining('None of my plugins')]],
      ])
    expect(await answer('statistics')).toEqual(['caller', 'geocoder'])
    expect(await answer('config')).toEqual(['hi', 'hi'])
    await assistant.stop()
  })
})

test('plugins that require each other start; one whose required plugin is off does not, and the reason is named', async () => {
  const plugin = (other: string): string => `
    export default class {
      static manifest = { requires: ['${other}'] }
      constructor(config, services) { this.services = services; this.provides = { name: () => 'I am not ${other}' } }
      async processMessage(message) {
        return message === '${other}'
          ? { success: true, response: await this.services.plugins.call('${other}', 'name') }
          : undefined
      }
    }`
  const home = await createHome({
    'plugins/one.js': plugin('two'),
    'plugins/two.js': plugin('one'),
    ...FILES,
    'plugins_config.json': {
      enabled_plugins: { one: true, two: true, caller: true, geocoder: false, ai_chatbot: false },
      grants: { caller: { observe: true, metrics: true } },
    },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ann = await createPerson(driver)
  expect(await ask(driver, ann, 'two')).toEqual(['I am not one'])
  expect(await ask(driver, ann, 'one')).toEqual(['I am not two'])
  await assistant.waitFor(/caller is not started: it requires the plugin geocoder, which is off/)
  await assistant.stop()
})
