import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { grant, runCommand } from './support/command.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'
import type { Program } from './support/program.ts'

const VALUE = 'ghp_Edge7Qw9Zx3Kd5Lm8Tr2'
const NEXT = 'ghp_Next2Vb6Np4Hs9Yc1Wf5'

/** Asks a server in every way there is, and says everything that it can find. */
const plugin = (port: number): string => `
import { definePlugin, z } from '@pluggram/sdk'

export default definePlugin({
  config: z.looseObject({}),
  credentials: { github: { hosts: ['127.0.0.1:${port}'], header: 'x-token', reason: 'reads your issues' } },
  permissions: { network: ['localhost:${port}'] },
  setup: ({ config, services }) => ({
    async processMessage(message) {
      const [, how, host, path] = /^NAME (service|global) (\\S+) (\\S+)$/.exec(message) ?? []
      if (message === 'NAME everything') {
        const names = Object.entries(process.env).map((entry) => entry.join('='))
        return { success: true, response: 'found ' + JSON.stringify([config, names, process.argv, process.execArgv]) }
      }
      if (how === undefined) return undefined
      const ask = how === 'service' ? services.http.fetch : fetch
      try {
        const response = await ask('http://' + host + ':${port}' + path)
        return { success: true, response: [response.status, response.url, JSON.stringify([...response.headers]), await response.text()].join(' ') }
      } catch (error) {
        return { success: true, response: 'failed ' + error.stack + JSON.stringify(error) + String(error.cause?.stack) }
      }
    },
  }),
})`

const seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = []
let server: Server
let emulator: RunningEmulator
let assistant: Program
let home: string
let beforeGrant: string
let ada: EmulatedUser

beforeAll(async () => {
  server = createServer(({ url = '', headers }, response) => {
    seen.push({ url, headers })
    const value = String(headers['x-token'])
    const port = (server.address() as AddressInfo).port
    if (url === '/redirect')
      response.writeHead(302, { location: `http://localhost:${port}/other?t=${value}` }).end()
    else if (url === '/broken') response.socket?.end(`HTTP/1.1 nonsense ${value}\r\n\r\n`)
    else {
      response.writeHead(200, { 'x-echo': value })
      // the value is split over two chunks
      response.write(`echo ${value.slice(0, 9)}`)
      setImmediate(() => response.end(`${value.slice(9)} ${btoa(`${value} again`)}`))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver)
  home = await createHome({
    'plugins/apart.ts': plugin(port).replaceAll('NAME', 'apart'),
    'plugins/inside.ts': plugin(port).replaceAll('NAME', 'inside'),
    'plugins_config.json': { enabled_plugins: { apart: true, inside: true } },
    'config.json': {
      access: { mode: 'everyone', owners: [ada.id] },
      plugin_host: { plugins: { inside: { isolation: 'inline' } } },
    },
  })
  setSecret('apart.github', VALUE)
  setSecret('inside.github', VALUE)
  beforeGrant = (await runCommand(home, 'plugins', 'grant', 'apart')).output
  await grant(home, 'apart')
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  await new Promise((resolve) => server.close(resolve))
})

function setSecret(name: string, input: string): void {
  const args = [join(ROOT, 'apps/assistant/src/main.ts'), 'secrets', 'set', name]
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    input,
    env: { PATH: process.env.PATH, PLUGGRAM_HOME: home },
  })
  if (status !== 0) throw new Error(stderr)
}

async function said(words: string): Promise<string> {
  return (await ask(emulator.driver, ada, words)).join('')
}

describe('credentials at the edge', () => {
  test('are shown to the owner with host, header and reason before they are granted', async () => {
    expect(beforeGrant).toContain('credentials: github to 127.0.0.1:')
    expect(beforeGrant).toContain('as x-token')
    expect(beforeGrant).toContain('reads your issues – set')
    const list = (await runCommand(home, 'plugins', 'list')).output
    expect(list.match(/credential github for 127\.0\.0\.1:\d+: reads your issues – set/g)).toHaveLength(2)
  })

  test.each([
    ['apart', 'service'],
    ['apart', 'global'],
    ['inside', 'service'],
    ['inside', 'global'],
  ])('are added for the plugin %s with the %s fetch, which never sees them', async (name, how) => {
    const asked = async (host: string, path: string) => {
      seen.length = 0
      const answer = await said(`${name} ${how} ${host} ${path}`)
      return { answer, tokens: seen.map(({ url, headers }) => [url.replace(/\?.*/, ''), headers['x-token']]) }
    }
    const echo = await asked('127.0.0.1', '/echo')
    expect(echo.tokens).toEqual([['/echo', VALUE]])
    expect(echo.answer).toContain('echo [secret]')
    const redirect = await asked('127.0.0.1', '/redirect')
    expect(redirect.tokens).toEqual([
      ['/redirect', VALUE],
      ['/other', undefined],
    ])
    expect(seen[1]?.url).not.toContain('Edge7')
    // a name that leads to the same server is not that host
    expect((await asked('localhost', '/echo')).tokens).toEqual([['/echo', undefined]])
    const broken = await asked('127.0.0.1', '/broken')
    for (const { answer } of [echo, redirect, broken])
      expect(answer).not.toMatch(/Edge7Qw9|RWRnZTdR|ZGdlN1F3|FZGdlN1/)
  })

  test('are in neither the configuration nor the environment of the plugin', async () => {
    for (const name of ['apart', 'inside']) {
      const answer = await said(`${name} everything`)
      expect(answer).toMatch(/^found /)
      expect(answer).not.toMatch(/Edge7|PLUGGRAM_CREDENTIAL/)
      // inside it sees the assistant's environment, with the bot's token
      expect(answer.split('[secret]')).toHaveLength(name === 'inside' ? 2 : 1)
    }
  })

  test('change while the assistant runs', async () => {
    setSecret('apart.github', NEXT)
    await expect
      .poll(async () => {
        seen.length = 0
        await said('apart service 127.0.0.1 /echo')
        return seen[0]?.headers['x-token']
      })
      .toBe(NEXT)
    expect(assistant.output()).not.toMatch(/Edge7Qw9|Next2Vb6/)
  })
})
