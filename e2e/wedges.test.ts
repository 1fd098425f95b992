import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { isLong, whole } from '@pluggram/testing/long'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canMount, mountSmallDisk } from './reliability/support/small-disk.ts'
import type { SmallDisk } from './reliability/support/small-disk.ts'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { alertsIn } from './support/owner-alerts.ts'
import { stopAllPrograms } from './support/program.ts'

/** Within this time a wedge is seen, and within this time its end. */
const SEEN_MS = 15_000
const HEALED_MS = 25_000

interface Health {
  readonly status: string
  readonly summary: string
  readonly components: Readonly<
    Record<string, { readonly status: string; readonly problem?: { readonly id: string } }>
  >
}

interface Scene {
  readonly assistant: RunningAssistant
  readonly emulator: RunningEmulator
  readonly disk: SmallDisk | undefined
  readonly model: FallibleModel
  /** Writes to the assistant. */
  say(text: string): Promise<unknown>
  /** Arms faults for every call of these methods. */
  fault(method: string, effect: object): Promise<unknown>
}

/** A model's server; while it is down, it answers 503 to everything. */
interface FallibleModel {
  readonly url: string
  isDown: boolean
  close(): void
}

async function startModel(): Promise<FallibleModel> {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json')
    if (model.isDown) return response.writeHead(503).end('{"error":{"message":"overloaded"}}')
    if (request.method === 'GET') return response.end('{"object":"list","data":[{"id":"obedient"}]}')
    response.setHeader('content-type', 'text/event-stream')
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'obedient' }
    const choice = { index: 0, delta: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }
    return response.end(`data: ${JSON.stringify({ ...chunk, choices: [choice] })}\n\ndata: [DONE]\n\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const model = { url: `http://127.0.0.1:${port}/v1`, isDown: false, close: () => void server.close() }
  return model
}

interface Wedge {
  readonly name: string
  /** The component of `/readyz` that must be named. */
  readonly component: string
  readonly finding: string
  readonly sentence: RegExp
  /** Whether the assistant counts as not ready. Default: yes. */
  readonly isReady?: boolean
  readonly isInShortForm?: boolean
  /** No message reaches the owner meanwhile, so the owner is told afterwards. */
  readonly isToldAfterwards?: boolean
  /** The message that told it went past the outbox, and stays as it is. */
  readonly isToldDirectly?: boolean
  readonly needsDisk?: boolean
  strike(scene: Scene): Promise<unknown>
  /** Ends the fault. Default: clears the faults of the emulator. */
  heal?(scene: Scene): Promise<unknown>
}

/** A plugin that the owner trusts, inside the assistant: it can compute without a pause. */
const BUSY = `
import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  name: 'busy',
  version: '1.0.0',
  commands: {
    compute: {
      description: 'Computes',
      execute(args) {
        const end = Date.now() + Number(args) * 1000
        while (Date.now() < end) {}
        return { success: true, response: 'computed' }
      },
    },
  },
})
`

const receiving = { component: 'receiving', finding: 'flow.receiving' }
const sending = { component: 'sending', finding: 'flow.sending', isToldAfterwards: true }
const storage = {
  component: 'storage',
  finding: 'storage.writable',
  needsDisk: true,
  isToldDirectly: true,
}

const WEDGES: readonly Wedge[] = [
  {
    ...receiving,
    name: 'polls are accepted and never answered',
    sentence: /^Not receiving: Telegram has not answered for \d+ s\. Retrying/,
    async strike({ fault, say }) {
      await fault('getUpdates', { kind: 'hang' })
      // the poll that is held brings it; the next one hangs
      await say('/help')
    },
  },
  {
    ...receiving,
    name: 'polls are answered late',
    sentence: /^(Not receiving: Telegram has not answered|Receiving late: Telegram took) /,
    strike: ({ fault }) => fault('getUpdates', { kind: 'delay', ms: 13_000 }),
  },
  {
    ...receiving,
    name: 'polls are refused for another program',
    sentence: /^Not receiving: another program receives the messages of this bot\. Stop it/,
    strike: ({ fault }) => fault('getUpdates', { kind: 'conflict' }),
  },
  {
    ...receiving,
    name: 'a proxy answers polls with 502',
    sentence: /^Not receiving: Telegram has given no usable answer .* Retrying/,
    strike: ({ fault }) => fault('getUpdates', { kind: 'server-error', status: 502, html: true }),
  },
  {
    ...receiving,
    name: 'polls are answered with garbage',
    sentence: /^Not receiving: Telegram has given no usable answer .* Retrying/,
    strike: ({ fault }) => fault('getUpdates', { kind: 'garbage' }),
  },
  {
    ...receiving,
    name: 'the token is unknown',
    sentence: /^Not receiving: Telegram does not know the bot token\. Set TELEGRAM_BOT_TOKEN/,
    strike: ({ fault }) => fault('getUpdates', { kind: 'unauthorized' }),
  },
  {
    ...sending,
    name: 'sends fail',
    sentence: /^Not sending: Telegram has accepted no message for \d+ s .*; 1 message waits on disk/,
    isInShortForm: true,
    async strike({ fault, say }) {
      await fault('sendMessage', { kind: 'server-error', status: 502, html: true })
      await say('/help')
    },
  },
  {
    ...sending,
    name: 'sends are accepted and never answered',
    sentence: /^Not sending: Telegram has accepted no message for \d+ s\. Retrying/,
    async strike({ fault, say }) {
      await fault('sendMessage', { kind: 'hang' })
      await say('/help')
    },
  },
  {
    component: 'models',
    finding: 'model.down:far:obedient',
    name: 'the model is down',
    // commands and plugins work
    isReady: true,
    sentence: /^Working\. .*A model does not work: far:obedient cannot be reached: .*Commands and plugins do/,
    async strike({ model, say }) {
      model.isDown = true
      await say('hello')
    },
    async heal({ model }) {
      model.isDown = false
    },
  },
  {
    ...storage,
    name: 'the disk is full',
    sentence: /^Cannot save messages: the disk is full\. Free some space/,
    isInShortForm: true,
    strike: async ({ disk }) => disk?.fill(),
    heal: async ({ disk }) => disk?.free(),
  },
  {
    ...storage,
    name: 'the disk is read-only',
    sentence: /^Cannot save messages: .*data is read-only\. Make it writable again/,
    strike: async ({ disk }) => disk?.setReadOnly(true),
    heal: async ({ disk }) => disk?.setReadOnly(false),
  },
  {
    ...storage,
    name: 'the system refuses every write of the assistant',
    needsDisk: false,
    sentence: /^Cannot save messages: /,
    async strike({ assistant, say }) {
      await limitFileSize(assistant.pid, '0')
      await say('/help')
    },
    heal: ({ assistant }) => limitFileSize(assistant.pid, 'unlimited'),
  },
]

/** Files may not grow beyond that, for a process that runs. */
function limitFileSize(pid: number, bytes: string): Promise<unknown> {
  return promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
}

/** The thread looks each second, and waits for five. */
const BLOCKED_SECONDS = 9

let scene: Scene
let chatId: number
let owner: EmulatedUser
/** What the owner has read so far. */
const told: string[] = []

beforeAll(async () => {
  const model = await startModel()
  const emulator = await startEmulator()
  owner = await createPerson(emulator.driver, 'Ola')
  const home = await createHome({
    'plugins/busy.ts': BUSY,
    'plugins_config.json': { enabled_plugins: { busy: true } },
    'config.json': {
      plugin_host: { plugins: { busy: { isolation: 'inline' } } },
      access: { mode: 'everyone', owners: [owner.id] },
      // told at once, and as often as it happens
      alerts: { quiet_hours: 'off', group_seconds: 0, per_day: 200, disk_free_mb: 0, wait_seconds: AT_ONCE },
      ai: { model: 'far:obedient', providers: { far: { base_url: model.url } } },
    },
  })
  const disk = (await canMount()) ? await mountSmallDisk(join(home, 'data'), 16) : undefined
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  })
  const ada = await createPerson(emulator.driver)
  chatId = ada.id
  scene = {
    assistant,
    emulator,
    disk,
    model,
    say: (text) => write(emulator.driver, ada, text),
    fault: (method, effect) => emulator.driver.post('/faults', { ...effect, method, times: 1_000_000 }),
  }
  for (const person of [ada, owner]) await ask(emulator.driver, person, '/help')
})

afterAll(async () => {
  await stopAllPrograms()
  scene.model.close()
  await scene.disk?.unmount()
  await removeHomes()
})

async function health(): Promise<Health> {
  return (await (await fetch(`${scene.assistant.url}/readyz`)).json()) as Health
}

const NEWS = /^⚠️ .*\n.*\n➡️ /
const END = /^✅ .*\nIt works again after \d+ (s|min)\.$/
const AT_ONCE = { telegram: 0, model: 0, storage: 0, plugin: 0 }

/** Waits until the owner has read what was expected before, these texts, and nothing else. */
async function expectToldAfter(...texts: readonly RegExp[]): Promise<void> {
  const expected = [...told, ...texts.map((text) => expect.stringMatching(text))]
  const read = async (): Promise<string[]> =>
    (await alertsIn(scene.emulator.driver, owner)).map(({ text }) => text)
  await expect.poll(read, { timeout: SEEN_MS }).toEqual(expected)
}

/** As {@link expectToldAfter}, and keeps it for the next wedge. */
async function keepTold(...texts: readonly RegExp[]): Promise<void> {
  await expectToldAfter(...texts)
  told.splice(0, told.length, ...(await alertsIn(scene.emulator.driver, owner)).map(({ text }) => text))
}

const failedIn = ({ components }: Health): string[] =>
  Object.keys(components).filter((name) => components[name]?.status === 'failed')

/** Much like others; only the whole form runs them. */
const ALIKE = new Set([
  'polls are refused for another program',
  'a proxy answers polls with 502',
  'polls are answered with garbage',
  'the token is unknown',
  'sends are accepted and never answered',
  'the system refuses every write of the assistant',
])

describe('a wedge is named within 15 s and ends by itself:', () => {
  const rows = WEDGES.filter(
    ({ name, isInShortForm }) => isInShortForm || (isLong && whole(!ALIKE.has(name), true)),
  )
  test.for(rows)('$name', async (wedge, { skip }) => {
    const { component, finding, sentence, isReady = false, needsDisk = false } = wedge
    const { isToldAfterwards = false, isToldDirectly = false } = wedge
    if (needsDisk && !scene.disk) skip('only root can mount a small disk, and not in every container')
    await expect
      .poll(health)
      .toMatchObject({ status: 'ready', summary: expect.stringMatching(/^Working\. Last message/) })
    // a component may have a finding for each model
    const id = finding.split(':', 1)[0]
    const found = (what: string): number =>
      scene.assistant.output().match(new RegExp(`"finding":"${finding}".*"msg":"${what}"`, 'g'))?.length ?? 0
    const [opened, gone] = [found('found a problem'), found('a problem is gone')]

    const heal = wedge.heal ?? (() => fetch(`${scene.emulator.url}/emulator/faults`, { method: 'DELETE' }))
    try {
      await wedge.strike(scene)
      await expect.poll(health, { timeout: SEEN_MS }).toMatchObject({
        status: isReady ? 'ready' : 'not-ready',
        summary: expect.stringMatching(sentence),
        components: {
          [component]: { status: expect.stringMatching(/failed|degraded/), problem: { id } },
        },
      })
      expect(failedIn(await health())).toEqual(isReady ? [] : [component])
      await expect.poll(() => found('found a problem'), { timeout: SEEN_MS }).toBe(opened + 1)
      await expectToldAfter(...(isToldAfterwards ? [] : [NEWS]))
    } finally {
      await heal(scene)
    }
    await expect.poll(health, { timeout: HEALED_MS }).toMatchObject({
      status: 'ready',
      components: { [component]: { status: 'ok' } },
    })
    await expect.poll(() => found('a problem is gone'), { timeout: SEEN_MS }).toBe(gone + 1)
    expect(found('found a problem')).toBe(opened + 1)
    // the message that told it changes, and the end is a message of its own
    await keepTold(...(isToldAfterwards ? [END] : [isToldDirectly ? NEWS : END, END]))
  })

  test('while the event loop is blocked, a thread names the code; afterwards the health does', async () => {
    const { assistant, say } = scene
    await expect.poll(health).toMatchObject({ status: 'ready' })
    await say(`/compute ${BLOCKED_SECONDS}`)
    await assistant.waitFor(
      /"level":"error".*"place":"execute \(.*busy\.ts:\d+\)".*"the event loop is blocked/,
      SEEN_MS,
    )
    // it can answer nobody then; a probe understands that
    const late = AbortSignal.timeout(300)
    await expect(fetch(`${assistant.url}/readyz`, { signal: late })).rejects.toThrow(/timeout/)
    await expect.poll(health).toMatchObject({
      status: 'ready',
      summary: expect.stringMatching(/Was blocked: code computed for \d+ s without a pause, .*busy\.ts:\d+/),
      components: { 'event loop': { status: 'degraded', problem: { id: 'loop.blocked' } } },
    })
    await assistant.waitFor(/"finding":"loop.blocked".*"found a problem"/)
    await expectToldAfter(/^⚠️ Nothing ran for a while\.\n.*busy\.ts:\d+.*\n➡️ /)
    if (isLong) {
      await assistant.waitFor(/"finding":"loop.blocked".*"a problem is gone"/, 2 * SEEN_MS + 60_000)
      await keepTold(END, END)
    }
    expect(await (await fetch(`${assistant.url}/metrics`)).text()).toMatch(
      /nodejs_eventloop_blocks_total [1-9]/,
    )
  })

  test('and nothing was lost meanwhile', async () => {
    const { emulator, say } = scene
    const before = await botMessages(emulator.driver, chatId, 0)
    await say('/help')
    await botMessages(emulator.driver, chatId, before.length + 1)
    expect((await health()).summary).toMatch(/^Working\. Last message \d s ago, last answer \d s ago\./)
  })
})
