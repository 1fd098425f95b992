import { cp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'

const KEY = 'key-of-the-example-0123456789'
const EXAMPLE = join(ROOT, 'docs/examples/home')

/** The service that api_plugin calls. */
async function startService(): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const isKnown = request.headers.authorization === `Bearer ${KEY}`
    const { message } = JSON.parse(body) as { message: string }
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ answer: `You said: ${message}` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/assistant` }
}

describe("the guide's home", () => {
  let assistant: RunningAssistant
  let driver: Session
  let ada: EmulatedUser
  let server: Server

  beforeAll(async () => {
    const service = await startService()
    server = service.server
    const home = await createHome()
    await cp(EXAMPLE, home, { recursive: true })
    // the example's service does not exist, so its variables point to one that does
    const variables = (await readFile(join(EXAMPLE, 'example.env'), 'utf8'))
      .replace('API_KEY=xxx', `API_KEY=${KEY}`)
      .replace(/ENDPOINT=.*/, `ENDPOINT=${service.url}`)
    await writeFile(join(home, '.env'), `${variables}SCHEDULED_TASK_PLUGIN_EVERY_SECONDS=1\n`)
    await grant(home, 'api_plugin')
    assistant = await startAssistant(home)
    driver = await logIn(assistant)
    ada = await createPerson(driver)
  })

  afterAll(async () => {
    await stopAllPrograms()
    await new Promise((resolve) => server.close(resolve))
    await removeHomes()
  })

  test.each([
    ['my_plugin', 'repeat good day', /^GOOD DAY$/],
    ['my_plugin, with a mistake', 'repeat', /Write “repeat” and the words/],
    ['database_plugin', 'book 2', /The Hills[^]*B4/],
    ['database_plugin, with something else than a number', "book 1'OR'1'='1", /There is no such book/],
    ['metrics_plugin', 'add 1 2 3.5', /^6\.5$/],
    ['logging_plugin', 'sort pear apple fig', /^apple fig pear$/],
    ['api_plugin', 'how are you?', /^You said: how are you\?$/],
  ])('%s answers “%s”', async (_plugin, message, answer) => {
    expect((await ask(driver, ada, message))[0]).toMatch(answer)
  })

  test('what a plugin throws is in the log, and the next plugin is asked', async () => {
    expect(await ask(driver, ada, 'sort')).toEqual(['You said: sort'])
    await assistant.waitFor(/Error: there are no words to sort/)
  })

  test('scheduled_task_plugin runs at its times', async () => {
    await expect
      .poll(async () => (await ask(driver, ada, 'task'))[0], { interval: 300 })
      .toMatch(/^It ran last at \d{4}-/)
  })

  test('what the plugins count shows at /metrics', async () => {
    const metrics = await (await fetch(`${assistant.url}/metrics`)).text()
    expect(metrics).toContain('plugin_metrics_plugin_additions_total{outcome="ok"} 1')
    expect(metrics).toMatch(/plugin_requests_total\{plugin="my_plugin",outcome="ok"\} \d/)
  })

  test('all of them tell how they are, and no secret is shown', async () => {
    const report = await (await fetch(`${assistant.url}/readyz`)).text()
    for (const name of ['my', 'api', 'database', 'scheduled_task', 'metrics', 'logging']) {
      expect(report).toContain(`"${name}_plugin":{"state":"running"`)
    }
    expect(report + assistant.output()).not.toContain(KEY)
    expect(await assistant.stop()).toBe(0)
    expect(assistant.output()).toContain('my_plugin is done')
  })
})
