import { afterEach, expect, test } from 'vitest'
import { eventually, findPostgres, startPostgres } from '../packages/services/src/database/test-servers.ts'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const programs = findPostgres()

const REMEMBERING = `
export default class Remembering {
  constructor(config, services) { this.cache = services.cache }
  async processMessage(message) {
    const [word, value] = message.split(' ')
    if (word === 'keep') await this.cache.set('k', value, { ttlSeconds: 600 })
    return { success: true, response: String(await this.cache.get('k')) }
  }
}`

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

interface Voice extends Pick<RunningAssistant, 'output' | 'waitFor'> {
  say(text: string): Promise<string>
}

async function start(cacheUrl: string, isolation: string): Promise<Voice> {
  const home = await createHome({
    'plugins/remembering.ts': REMEMBERING,
    'plugins_config.json': { enabled_plugins: { remembering: true } },
    'config.json': {
      cache: { url: '${SHARED_CACHE}' },
      plugin_host: { plugins: { remembering: { isolation } } },
    },
    '.env': `SHARED_CACHE=${cacheUrl}\n`,
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  return { ...assistant, say: async (text) => (await ask(driver, ada, text)).join() }
}

test.runIf(programs)('assistants share a cache on a server, and go on without it', async () => {
  const server = await startPostgres(programs ?? '')
  const url = `postgres://postgres:s3cret-pw@127.0.0.1:${server.port}/postgres`
  try {
    const [one, two] = [await start(url, 'inline'), await start(url, 'process')]
    // the server needs a moment to start; until then each assistant has a cache of its own
    await eventually(async () => {
      await one.say('keep tea')
      expect(await two.say('read')).toBe('tea')
    })
    await two.say('keep coffee')
    expect(await one.say('read')).toBe('coffee')
    await server.stop()
    expect(await one.say('keep milk')).toBe('milk')
    expect(await one.say('read')).toBe('milk')
    await one.waitFor(/The cache server \(cache\.url\) cannot be used/)
    expect(one.output() + two.output()).not.toContain('s3cret-pw')
  } finally {
    await server.stop()
  }
})
