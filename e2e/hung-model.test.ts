import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const servers: Server[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  await removeHomes()
})

/** A model server that accepts requests and never answers them. */
async function startHungModel(): Promise<{ url: string; requests: () => number }> {
  let requests = 0
  const server = createServer((request) => {
    requests += 1
    request.resume()
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/v1`, requests: () => requests }
}

/** A plugin in a process of its own whose every call hangs. */
const STUCK = `
import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  name: 'stuck',
  version: '1.0.0',
  commands: { stuck: { description: 'Hangs', execute: () => new Promise(() => {}) } },
})
`

/** More than chats are worked on at the same time. */
const WAITING = long(70, 200)

interface Ready {
  readonly status: string
  readonly components: { readonly models: { readonly status: string; readonly problems?: readonly string[] } }
}

test('while a model and a plugin hang in many chats, the other chats, buttons and /stop work, and the health names the model', async () => {
  const model = await startHungModel()
  const home = await createHome({
    'config.json': {
      ai: {
        model: 'far:m',
        providers: { far: { base_url: model.url } },
        timeouts: { first_token_seconds: 40 },
      },
    },
    'plugins/stuck.ts': STUCK,
    'plugins_config.json': { enabled_plugins: { stuck: true, dice: true } },
  })
  const { url, driver } = await startEmulator()
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const people = await Promise.all(Array.from({ length: 2 * WAITING }, () => createPerson(driver)))
  await Promise.all(people.map((person, index) => write(driver, person, index % 2 ? '/stuck' : 'hello')))
  await expect.poll(model.requests).toBe(WAITING)

  const eve = await createPerson(driver, 'Eve')
  expect((await ask(driver, eve, '/help')).join()).toContain('/roll')
  expect((await ask(driver, eve, '/roll 1d1')).join()).toContain('1')
  const [first] = people
  if (!first) throw new Error('nobody waits')
  expect(await ask(driver, first, '/stop')).toEqual([expect.stringContaining('Stopped')])
  for (const person of people.slice(1)) expect(await botMessages(driver, person.id, 0)).toEqual([])

  const ready = async (): Promise<Ready> => (await (await fetch(`${assistant.url}/readyz`)).json()) as Ready
  await expect.poll(ready).toMatchObject({
    status: 'ready',
    components: {
      models: {
        status: 'degraded',
        problems: [`far:m does not answer; ${WAITING - 1} requests wait for it.`],
      },
    },
  })
})
