import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterEach, expect, test } from 'vitest'
import { createSession, logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel, toolResults } from './support/obedient-model.ts'
import type { ModelAct, ModelRequest, ObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

/** What a person might say that must stand in no journey. */
const WORDS = 'zanzibar'

/** A plugin that uses services while it works, and while its answer is written. */
const plugin = (name: string): string => `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  patterns: [/^never ${name}$/],
  setup: () => ({ processMessage: () => undefined }),
  commands: {
    ${name}: {
      description: 'Works',
      async execute(args, { services }) {
        await services.store.set('key', args)
        if (args.startsWith('boom')) throw new TypeError('cannot read ' + args)
        if (args === 'exit') process.exit(7)
        if (!args.startsWith('write')) return { success: true, response: 'done' }
        const response = (async function* () {
          yield 'it is '
          yield String(await services.store.get('key'))
        })()
        return { success: true, response }
      },
    },
  },
  tools: {
    add: {
      description: 'Adds two numbers',
      schema: z.object({ a: z.number(), b: z.number() }),
      role: 'everyone',
      effect: 'none',
      execute: ({ a, b }) => ({ sum: a + b }),
    },
    send: {
      description: 'Sends a mail',
      schema: z.object({ to: z.string() }),
      role: 'everyone',
      effect: 'external',
      execute: ({ to }) => 'sent to ' + to,
    },
  },
})
`

const PASSER = 'export default class { processMessage() { return undefined } }'

interface Step {
  readonly id: number
  readonly parent?: number
  readonly kind: string
  readonly name: string
  readonly startMs: number
  readonly ms: number
  readonly outcome?: string
  readonly facts?: Readonly<Record<string, unknown>>
}

interface Journey {
  readonly updateId: number
  readonly chatId: number
  readonly isOver: boolean
  readonly isFailed: boolean
  readonly outcome?: string
  readonly plugin?: string
  readonly tokens: number
  readonly ms: number
  readonly continues?: number
  readonly steps: readonly Step[]
}

interface Stage {
  readonly home: string
  readonly assistant: RunningAssistant
  readonly driver: Session
  readonly api: Session
  readonly ada: EmulatedUser
  readonly environment: Readonly<Record<string, string>>
}

function obeys(request: ModelRequest): ModelAct {
  const results = toolResults(request)
  if (results.length > 0) return { text: `It gave: ${results.join(' ')}` }
  const said = String(request.messages.at(-1)?.content)
  const order = /CALL (\w+) (.*)$/m.exec(said)
  return order
    ? { calls: [{ name: order[1] ?? '', args: JSON.parse(order[2] ?? '{}') as unknown }] }
    : { text: said }
}

async function startStage(
  act: Parameters<typeof startObedientModel>[0] = obeys,
  more: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const model = await startObedientModel(act)
  models.push(model)
  const { url, driver } = await startEmulator()
  const home = await createHome({
    // commands read it, too
    '.env': `TELEGRAM_BOT_TOKEN=${TOKEN}\n`,
    'plugins/inner.ts': plugin('inner'),
    'plugins/outer.ts': plugin('outer'),
    'plugins/passer.js': PASSER,
    'plugins_config.json': { enabled_plugins: { inner: true, outer: true, passer: true } },
    'config.json': { plugin_host: { plugins: { inner: { isolation: 'inline' } } } },
  })
  const environment = {
    OPENAI_BASE_URL: model.url,
    TELEGRAM_API_ROOT: url,
    ...more,
  }
  const assistant = await startAssistant(home, environment)
  const { cookie } = await logIn(assistant)
  const api = createSession(`${assistant.url}/api`, { cookie })
  return { home, assistant, driver, api, ada: await createPerson(driver), environment }
}

/** The latest journey, once it is over. */
async function lastOf({ api }: Stage): Promise<Journey> {
  await expect.poll(async () => (await api.get<Journey>('/journeys/last')).isOver).toBe(true)
  return api.get<Journey>('/journeys/last')
}

/** Asks, and returns the journey of the question. */
async function journeyOf(stage: Stage, text: string): Promise<Journey> {
  await ask(stage.driver, stage.ada, text)
  return lastOf(stage)
}

function only({ steps }: Journey, kind: string, name?: string): Step {
  const found = steps.filter((step) => step.kind === kind && (name === undefined || step.name === name))
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} steps ${kind} ${name}: ${JSON.stringify(steps)}`)
  return found[0]
}

test('a message can be followed from its arrival until its answer is sent, and failures are kept on disk', async () => {
  const stage = await startStage()
  const { driver, ada, api, home, assistant } = stage

  for (const name of ['inner', 'outer']) {
    const journey = await journeyOf(stage, `/${name} go ${WORDS}`)
    expect(journey).toMatchObject({ outcome: 'answered', plugin: name, chatId: ada.id, isFailed: false })
    for (const kind of ['inbox', 'lane', 'answer', 'outbox']) only(journey, kind)
    expect(only(journey, 'route')).toMatchObject({ facts: { reason: 'command', target: name } })
    const asked = only(journey, 'plugin', name)
    expect(asked).toMatchObject({ outcome: 'ok', parent: only(journey, 'route').id })
    expect(only(journey, 'service', 'store.set').parent).toBe(asked.id)
    const [sent] = (await botMessages(driver, ada.id)).slice(-1)
    expect(only(journey, 'send').facts).toMatchObject({ message: sent?.id })

    // a service that is used while the answer is written
    const written = await journeyOf(stage, `/${name} write`)
    expect(only(written, 'service', 'store.get').parent).toBe(only(written, 'plugin', name).id)

    const failed = await journeyOf(stage, `/${name} boom ${WORDS}`)
    expect(failed).toMatchObject({ outcome: 'failed', plugin: name, isFailed: true })
    expect(only(failed, 'plugin', name)).toMatchObject({ outcome: 'error', facts: { error: 'TypeError' } })
    expect(JSON.stringify([journey, written, failed])).not.toContain(WORDS)
  }

  // the model, its tokens, and a tool of a plugin in a process
  const sum = await journeyOf(stage, 'CALL outer__add {"a":2,"b":40}')
  expect(sum.plugin).toBe('ai_chatbot')
  expect(sum.tokens).toBeGreaterThan(0)
  // why this plugin: one did not match, another was asked before and passed
  expect(only(sum, 'route').facts).toMatchObject({
    reason: 'message',
    unmatched: expect.arrayContaining(['inner', 'outer']) as unknown,
  })
  expect(only(sum, 'plugin', 'passer').outcome).toBe('pass')
  const asked = only(sum, 'plugin', 'ai_chatbot')
  expect(only(sum, 'plugin', 'passer').startMs).toBeLessThanOrEqual(asked.startMs)
  const requests = sum.steps.filter(({ kind }) => kind === 'model')
  expect(requests.map(({ parent }) => parent)).toEqual([asked.id, asked.id])
  expect(requests[0]?.name).toMatch(/obedient$/)
  expect(requests[0]?.facts).toMatchObject({
    inputTokens: expect.any(Number),
    firstWordMs: expect.any(Number),
  })
  expect(only(sum, 'tool')).toMatchObject({ name: 'outer.add', parent: asked.id })

  // a call that a person approves: the answer goes on as a journey of its own
  const asking = await journeyOf(stage, 'CALL outer__send {"to":"ann@example.org"}')
  expect(only(asking, 'approval')).toMatchObject({ name: 'outer.send', outcome: 'asked' })
  const before = (await botMessages(driver, ada.id)).length
  await pressButton(driver, { chatId: ada.id, user: ada, label: '✅ Allow once' })
  await botMessages(driver, ada.id, before + 1)
  const { journeys } = await api.get<{ journeys: Journey[] }>('/journeys?limit=5')
  expect(journeys.map(({ continues }) => continues)).toContain(asking.updateId)

  // Telegram asks for patience
  await driver.post('/faults', {
    kind: 'too-many-requests',
    retryAfter: 1,
    chatId: ada.id,
    method: 'sendMessage',
  })
  const patient = await journeyOf(stage, '/inner go')
  const limit = only(patient, 'limit')
  expect(limit).toMatchObject({
    name: 'sendMessage',
    parent: only(patient, 'send').id,
    facts: { retryAfter: 1 },
  })
  expect(limit.ms).toBeGreaterThan(900)

  // the same in the terminal, by the id that log lines have
  const [, id = ''] = await assistant.waitFor(/"outcome":"error","plugin":"outer".*?"update":(\d+)/)
  const failed = await api.get<Journey>(`/journeys/${id}`)
  const shown = await runCommand(home, 'journey', id)
  expect(shown.output).toContain(`update ${failed.updateId} · message`)
  expect(shown.output).toMatch(
    /\d+\.\d ms +\d+ % .*█.* {4}a plugin was asked: outer \(error, error TypeError\)/,
  )
  const listed = await runCommand(home, 'journey', '--failed', '--plugin', 'outer')
  expect(listed.output).toContain(`✗ ${failed.updateId}`)
  expect(listed.output).not.toMatch(/✓|inner/)
  const refused = await runCommand(home, 'journey', 'yesterday')
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.output).toContain('Give the id of an update')
  expect((await fetch(`${assistant.url}/api/journeys`)).status).toBe(401)
  await expect(api.get('/journeys?limit=0')).rejects.toThrow(/400 .*bad-query/)
  expect((await fetch(`${assistant.url}/api/journeys/last`)).status).toBe(401)

  // the notable ones are still there after a kill
  const kept = async (): Promise<number[]> =>
    (await api.get<{ kept: (Journey & { reason: string })[] }>('/journeys?plugin=outer')).kept
      .filter(({ reason }) => reason === 'failed')
      .map(({ updateId }) => updateId)
  await expect.poll(kept).toEqual([failed.updateId])
  await assistant.stop('SIGKILL')
  const found = await runCommand(home, 'journey', String(failed.updateId), '--json')
  expect(JSON.parse(found.output)).toMatchObject({
    updateId: failed.updateId,
    plugin: 'outer',
    isFailed: true,
  })
  expect((await runCommand(home, 'journey', 'dearest')).output).toContain('a language model was asked: ')
  expect((await runCommand(home, 'journey', 'slowest')).output).toContain('a message was sent')
})

test('a message that waits shows behind which one; a crash, a kill and a forgotten person are told as they are', async () => {
  const story = Promise.withResolvers<void>()
  let hasHung = false
  const stage = await startStage(async (request, index) => {
    if (index === 0) await story.promise
    const isHanging = !hasHung && String(request.messages.at(-1)?.content).includes('hang')
    hasHung ||= isHanging
    return isHanging ? new Promise<never>(() => {}) : obeys(request)
  })
  const { driver, ada, api, home, assistant, environment } = stage
  await write(driver, ada, 'a long story')
  await expect.poll(() => models[0]?.requests.length).toBe(1)
  const first = await api.get<Journey>('/journeys/last')
  expect(first.isOver).toBe(false)
  await write(driver, ada, 'a question')
  await expect.poll(async () => (await api.get<Journey>('/journeys/last')).updateId).not.toBe(first.updateId)
  story.resolve()
  await botMessages(driver, ada.id, 2)
  const second = await lastOf(stage)
  expect(only(second, 'lane').facts).toEqual({ ahead: 1, behind: first.updateId })
  const whole = await api.get<Journey>(`/journeys/${first.updateId}`)
  expect(whole.isOver).toBe(true)
  expect(only(second, 'lane').ms).toBeGreaterThan(0)
  const crashed = await journeyOf(stage, '/outer exit')
  expect(crashed).toMatchObject({ outcome: 'failed', plugin: 'outer' })
  expect(only(crashed, 'plugin', 'outer')).toMatchObject({
    outcome: 'crash',
    facts: { error: 'plugin-crashed' },
  })

  await ask(driver, ada, '/forget_me')
  await pressButton(driver, { chatId: ada.id, user: ada, label: '🗑 Delete everything' })
  await expect
    .poll(async () => await api.get<{ journeys: Journey[]; kept: Journey[] }>('/journeys'))
    .toEqual({ journeys: [], kept: [] })

  // a message that is tried again after a kill says so
  await write(driver, ada, 'hang')
  await expect.poll(() => hasHung).toBe(true)
  await assistant.stop('SIGKILL')
  const answered = (await botMessages(driver, ada.id)).length + 1
  const again = await startAssistant(home, environment)
  await botMessages(driver, ada.id, answered)
  const next = createSession(`${again.url}/api`, { cookie: (await logIn(again)).cookie })
  const retried = await lastOf({ ...stage, api: next })
  expect(only(retried, 'inbox')).toMatchObject({ name: 'from disk', facts: { earlierTries: 1 } })
  expect(retried).toMatchObject({ outcome: 'answered', plugin: 'ai_chatbot' })
})
