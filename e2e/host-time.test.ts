import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

/** Runs in its own process and asks the assistant for as much as it can. */
const FLOODER = `
import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  permissions: { schedule: true, network: ['127.0.0.1'] },
  timeouts: { callSeconds: 120 },
  setup({ services: { http, scheduler, store } }) {
    const again = async (count, atOnce, work) => {
      let [next, failed] = [0, 0]
      const one = async () => {
        while (next < count) {
          next += 1
          await work(next).catch(() => { failed += 1 })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, one))
      return failed
    }
    const later = () => new Date(Date.now() + 3_600_000)
    const jobs = {
      add: () => again(1_500, 500, (n) => scheduler.at(later(), { name: 'named ' + n }, () => {})),
      unnamed: () => again(1_500, 500, () => scheduler.at(later(), () => {})),
      schedules: () => again(40, 40, () => scheduler.list()),
      keys: async () => {
        await again(1_000, 500, (n) => store.set('key '.repeat(100) + n, n))
        return again(510, 510, () => store.list())
      },
      fill: () => again(60, 10, (n) => store.set('large' + n, 'x'.repeat(1_000_000))),
      full: async () => {
        await again(10, 10, (n) => store.set('more' + n, 'x'.repeat(1_000_000)))
        return (await again(1_000, 500, (n) => store.set('again' + n, 'x'.repeat(200_000)))) > 900 ? 0 : 'none'
      },
      pages: (url) => again(40, 40, async () => (await http.fetch(url)).arrayBuffer()),
    }
    return {
      async processMessage(message) {
        const [job, argument] = message.split(' ')
        if (!Object.hasOwn(jobs, job)) return undefined
        return { success: true, response: 'failed: ' + String(await jobs[job](argument)) }
      },
    }
  },
})`

/** Runs inside the assistant and measures how much processor time one turn of its event loop takes. */
const METER = `
export default class Meter {
  async processMessage(message) {
    if (message !== 'longest turn') return undefined
    const longest = this.longest ?? 0
    this.longest = 0
    if (!this.isOn) this.watch(process.threadCpuUsage())
    return { success: true, response: String(longest) }
  }
  watch(before) {
    this.isOn = true
    this.timer = setImmediate(() => {
      const now = process.threadCpuUsage()
      this.longest = Math.max(this.longest, (now.user + now.system - before.user - before.system) / 1_000)
      this.watch(now)
    })
  }
  async cleanup() { clearImmediate(this.timer) }
}`

const CONFIG = {
  plugin_host: {
    plugins: { flooder: { memory_mb: 2_048, call_seconds: 120 }, meter: { isolation: 'inline' } },
  },
}

let site: Server
let assistant: RunningAssistant
let driver: Session
let ada: EmulatedUser
let eve: EmulatedUser

beforeAll(async () => {
  const page = Buffer.alloc(3_000_000, 'x')
  site = createServer((_request, response) => void response.end(page))
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const home = await createHome({
    'plugins/flooder.js': FLOODER,
    'plugins/meter.js': METER,
    'plugins_config.json': { enabled_plugins: { meter: true, flooder: true, ai_chatbot: false } },
    'config.json': CONFIG,
  })
  await grant(home, 'flooder')
  assistant = await startAssistant(home)
  driver = await logIn(assistant)
  ada = await createPerson(driver)
  eve = await createPerson(driver, 'Eve')
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

const longestTurn = async (): Promise<number> => Number((await ask(driver, ada, 'longest turn'))[0])

describe('a plugin in its own process does not hold up the assistant', () => {
  // the limit has tenfold room: a plugin gets some 20 ms in a row
  test.each(['add', 'unnamed', 'schedules', 'keys', 'fill', 'full', 'pages'])('with %s', async (job) => {
    await longestTurn()
    const { port } = site.address() as AddressInfo
    expect(await ask(driver, eve, `${job} http://127.0.0.1:${port}`)).toEqual(['failed: 0'])
    expect(await longestTurn()).toBeLessThan(200)
  })
})

test('a store that is nearly full is in the log, in the health and in the status of an owner', async () => {
  expect(assistant.output().match(/the store of plugin flooder is nearly full/g)).toHaveLength(1)
  const { components } = (await (await fetch(`${assistant.url}/readyz`)).json()) as {
    components: Record<string, unknown>
  }
  expect(components['plugin stores']).toMatchObject({
    status: 'degraded',
    nearlyFull: [{ plugin: 'flooder' }],
  })
  // people of the playground are owners
  expect((await ask(driver, ada, '/status'))[0]).toMatch(/The store of Flooder is \d+ % full/)
})
