import { PluggramError } from '@pluggram/sdk'
import type { MessageContext, PluginResult, Services } from '@pluggram/sdk'
import { ERRORS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, createError as CreateError, Question } from '@pluggram/sdk/runtime'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PluginHost } from '../plugin-host-contract.ts'
import type { ProcessLimits } from '../process/process-limits.ts'
import { SPECIMEN } from '../test-specimen.ts'

/** A host with one plugin, `specimen`, started from `source`. */
interface StartedSpecimen extends AsyncDisposable {
  readonly host: PluginHost
  /** Lines that the plugin wrote to its log. */
  readonly logged: readonly string[]
}

/** What starts specimens at one isolation level. */
export interface Starter {
  readonly start: StartSpecimen
  /** Creates errors of the classes that the plugin's caller knows. */
  readonly createError: typeof CreateError
}

/** Starts a plugin at one isolation level. */
type StartSpecimen = (options: {
  readonly source: string
  readonly services: Partial<Services>
  readonly limits?: ProcessLimits
}) => Promise<StartedSpecimen>

type ErrorCode = keyof typeof ERRORS

/**
 * The contract of a plugin at every isolation level: neither the plugin nor its caller can tell
 * where it runs. Both of the host's starters must pass it.
 */
export function describePluginContract(starter: Starter): void {
  const bench = new Bench(starter)
  beforeAll(() => bench.open())
  afterAll(() => bench.close())
  describe('messages', () => void describeMessages(bench))
  describe('other calls', () => void describeOtherCalls(bench))
  describe('errors', () => void describeErrors(bench))
  describe('limits', () => void describeLimits(bench))
  describe('the end', () => void describeEnd(bench))
}

/** One specimen for many tests. */
class Bench {
  readonly starter: Starter
  /** The calls made on contexts of messages. */
  readonly sent: unknown[] = []
  #specimen: StartedSpecimen | undefined

  constructor(starter: Starter) {
    this.starter = starter
  }

  get specimen(): StartedSpecimen {
    if (!this.#specimen) throw new Error('the specimen was not started')
    return this.#specimen
  }

  get logged(): readonly string[] {
    return this.specimen.logged
  }

  async open(): Promise<void> {
    this.#specimen = await this.start({ callSeconds: 20, statusSeconds: 0.5 })
  }

  async close(): Promise<void> {
    await this.#specimen?.[Symbol.asyncDispose]()
  }

  start(limits?: ProcessLimits): Promise<StartedSpecimen> {
    // represents any failing service; the plugin chooses the error
    const take = async (code: ErrorCode): Promise<never> => {
      throw this.starter.createError(code, 'the service said so', { retryAfterSeconds: 3 })
    }
    const services = { rateLimit: { take } } as unknown as Partial<Services>
    return this.starter.start({ source: SPECIMEN, services, ...(limits && { limits }) })
  }

  ask<Kind extends CallKind>(...call: readonly [Kind, Question<Kind>, AbortSignal?]): Promise<Answer<Kind>> {
    return pluginOf(this.specimen.host).ask(...call)
  }

  say(message: string, more: Partial<MessageContext> = {}, signal?: AbortSignal) {
    return this.ask('handle', { message, context: contextFor(this.sent, more) }, signal)
  }

  async whenLogged(line: string): Promise<void> {
    await vi.waitUntil(() => this.logged.some((known) => known.includes(line)), {
      timeout: 30_000,
      interval: 20,
    })
  }
}

function describeMessages(bench: Bench): void {
  test('a message gets what the plugin gave, or nothing', async () => {
    expect(await bench.say('pass')).toBeUndefined()
    expect(await bench.say('refuse')).toEqual({ success: false, error: 'no such dice' })
    expect(await bench.say('list')).toEqual({
      success: true,
      response: ['a', { text: 'b', buttons: [[{ text: 'B', data: 'b' }]] }],
      data: { rows: [1, null] },
    })
    expect(await bench.say('/go far', { command: { name: 'go', args: 'far' } })).toMatchObject({
      response: 'go far',
    })
    await expect(bench.say('wrong')).rejects.toMatchObject({
      code: 'reply-invalid',
      message: expect.stringContaining('specimen'),
    })
  })

  test('a context replies, reacts and downloads, and holds the configuration', async () => {
    const attachments = [
      { kind: 'document', fileId: 'f1' },
    ] as unknown as MessageContext['message']['attachments']
    const { message } = contextFor(bench.sent)
    const result = await bench.say('use', { message: { ...message, attachments } })
    expect(result).toEqual({ success: true, response: 'hello Ann 77 3 false true' })
    expect(bench.sent).toEqual(['first', '👍', 'f1'])
  })

  test('text that is still being written is read piece by piece, and closed when nobody reads on', async () => {
    expect(await read(await bench.say('stream'))).toBe('one two three')
    const broken = await bench.say('break')
    const pieces: string[] = []
    const reading = (async () => {
      for await (const piece of streamOf(broken)) pieces.push(piece)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'ai-timeout', message: 'the model fell silent' })
    await expect(reading).rejects.toBeInstanceOf(bench.starter.createError('ai-timeout', '').constructor)
    expect(pieces).toEqual(['one ', 'two'])
    const closed = bench.logged.length
    for await (const piece of streamOf(await bench.say('stream'))) if (piece === 'one ') break
    await expect.poll(() => bench.logged.slice(closed)).toEqual(['the stream is closed'])
  })
}

function describeOtherCalls(bench: Bench): void {
  test('a tool gets checked input and gives plain data', async () => {
    const context = contextFor(bench.sent)
    expect(await bench.ask('tool', { name: 'add', input: { a: 1, b: 2 }, context })).toEqual({
      sum: 3,
      word: 'hello',
      user: 'Ann',
      map: { k: '1' },
    })
    await expect(bench.ask('tool', { name: 'add', input: { a: 'x' }, context })).rejects.toMatchObject({
      code: 'tool-arguments-invalid',
    })
    await expect(bench.ask('tool', { name: 'none', input: {}, context })).rejects.toMatchObject({
      code: 'tool-not-found',
    })
  })

  test('observers, schedules, forgetting and provided methods are asked', async () => {
    const { chat, user, message } = contextFor(bench.sent)
    const event = {
      kind: 'message',
      chat,
      user,
      message,
      outcome: 'answered',
      answers: [],
      seconds: 0,
    } as const
    expect(await bench.ask('observe', { ...event, message: { ...message, text: 'seen' } })).toBeUndefined()
    await bench.whenLogged('observed answered seen')
    const run = { name: 'sweep', slot: 's1', scheduledFor: new Date(0), isCatchUp: false, data: 'all' }
    expect(await bench.ask('schedule', { task: 'sweep', run })).toBeUndefined()
    await bench.whenLogged('swept s1 all hello')
    expect(await bench.ask('forget', { userId: 7 })).toBe('two notes')
    expect(await bench.ask('forget', { userId: 8 })).toBeUndefined()
    expect(await bench.ask('provided', { method: 'twice', args: [{ n: 21 }] })).toEqual({ twice: 42 })
    await expect(bench.ask('provided', { method: 'none', args: [] })).rejects.toMatchObject({
      code: 'plugin-not-found',
    })
  })

  test('a block is checked without effect, refused with its issues, and taken over', async () => {
    const issues = [{ path: ['word'], isMissing: false, message: expect.any(String) }]
    const bad = { block: { word: 'x'.repeat(30) } }
    expect(await bench.ask('check-config', bad)).toMatchObject(issues)
    expect(await bench.ask('check-config', { block: { word: 'fine' } })).toEqual([])
    expect(await bench.ask('reconfigure', bad)).toMatchObject({ issues })
    expect(await bench.ask('status', undefined)).toEqual({ status: 'active', word: 'hello' })
    expect(await bench.ask('reconfigure', { block: { word: 'later' } })).toBe('done')
    await bench.whenLogged('config later')
    expect(await bench.ask('status', undefined)).toEqual({ status: 'active', word: 'later' })
    expect(await bench.ask('reconfigure', { block: { word: 'hello' } })).toBe('done')
  })
}

function describeErrors(bench: Bench): void {
  test('what the plugin throws keeps its class, code and retryability, whatever the code', async () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const expected = bench.starter.createError(code, 'said so')
      const error = await bench.say(`throw ${code}`).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(expected.constructor)
      expect(error).toMatchObject({ code, isRetryable: expected.isRetryable, message: 'said so' })
    }
  })

  test('what a service throws keeps its class, code and retryability in the plugin', async () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const expected = bench.starter.createError(code, '', { retryAfterSeconds: 3 })
      const args = [code, expected.constructor.name]
      const seen = await bench.ask('provided', { method: 'probe', args })
      expect(seen).toEqual({
        isKnown: true,
        code,
        isRetryable: expected.isRetryable,
        message: 'the service said so',
        after: ERRORS[code].class === 'LimitError' ? 3 : undefined,
      })
    }
  })

  test('any other error keeps its name, members and cause', async () => {
    await expect(bench.say('plain error')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of range',
      detail: { a: 1 },
      cause: { message: 'deep' },
    })
  })
}

function describeLimits(bench: Bench): void {
  test('an abort of the caller reaches the plugin, with its reason', async () => {
    const controller = new AbortController()
    const asked = bench.say('hang', {}, controller.signal)
    asked.catch(() => {})
    await bench.say('pass')
    const before = bench.logged.length
    controller.abort(new PluggramError('plugin-timeout', 'enough'))
    await expect(asked).rejects.toMatchObject({ code: 'plugin-timeout', message: 'enough' })
    await expect.poll(() => bench.logged.slice(before)).toEqual(['let go'])
    const tool = new AbortController()
    const called = bench.ask(
      'tool',
      { name: 'hang', input: {}, context: contextFor(bench.sent) },
      tool.signal,
    )
    called.catch(() => {})
    await bench.say('pass')
    tool.abort(new Error('no more'))
    await expect(called).rejects.toThrow('no more')
    await bench.whenLogged('aborted: no more')
  })

  test('a status that hangs is given up, and the plugin is left alone', async () => {
    await bench.ask('provided', { method: 'hangStatus', args: [true] })
    await expect(bench.ask('status', undefined)).rejects.toThrow('not finished within 0.5 s')
    const [state] = await bench.specimen.host.statuses()
    expect(state?.status).toEqual({ status: 'failing', error: 'getStatus: not finished within 0.5 s' })
    await bench.ask('provided', { method: 'hangStatus', args: [false] })
    expect(await bench.ask('status', undefined)).toMatchObject({ status: 'active' })
    expect(bench.specimen.host.states()).toMatchObject([{ state: 'running', crashes: 0 }])
  })

  test('past its limit a call is aborted; whoever does not end is given up a second later', async () => {
    await using short = await bench.start({ callSeconds: 0.5 })
    const plugin = pluginOf(short.host)
    const timeout = { code: 'plugin-timeout', message: 'Plugin specimen did not answer within 0.5 s.' }
    const context = contextFor(bench.sent)
    await expect(plugin.ask('handle', { message: 'hang', context })).rejects.toMatchObject(timeout)
    await expect.poll(() => short.logged).toContain('let go')
    await expect(plugin.ask('handle', { message: 'deaf', context })).rejects.toMatchObject(timeout)
    // it can be asked again, if necessary in a new process
    expect(await plugin.ask('forget', { userId: 7 })).toBe('two notes')
  })
}

function describeEnd(bench: Bench): void {
  test('a stopped plugin answers nothing; its successor may', async () => {
    await using ended = await bench.start()
    const plugin = pluginOf(ended.host)
    await ended.host.stop()
    const context = contextFor(bench.sent)
    const gone = { code: 'plugin-not-found', message: 'Plugin specimen was stopped.' }
    await expect(plugin.ask('handle', { message: 'refuse', context })).rejects.toMatchObject(gone)
    await expect(plugin.ask('forget', { userId: 7 })).rejects.toMatchObject(gone)
    expect(await plugin.ask('observe', {} as never)).toBeUndefined()
    Object.assign(plugin, { successor: pluginOf(bench.specimen.host) })
    expect(await plugin.ask('handle', { message: 'refuse', context })).toMatchObject({ success: false })
    expect(await plugin.ask('forget', { userId: 7 })).toBe('two notes')
    await expect(plugin.ask('status', undefined)).rejects.toMatchObject(gone)
  })
}

function pluginOf(host: PluginHost) {
  const [plugin] = host.registry.plugins()
  if (!plugin) throw new Error('the specimen does not run')
  return plugin
}

function streamOf(result: PluginResult | undefined): AsyncIterable<string> {
  const response = result?.success ? result.response : undefined
  if (typeof response === 'object' && Symbol.asyncIterator in response) return response
  const text = typeof response === 'object' && 'text' in response ? response.text : undefined
  if (typeof text !== 'object') throw new Error('the answer is no stream')
  return text
}

async function read(result: PluginResult | undefined): Promise<string> {
  return (await Array.fromAsync(streamOf(result))).join('')
}

/** A context that records in `sent` the calls made on it. */
function contextFor(sent: unknown[], more: Partial<MessageContext> = {}): Omit<MessageContext, 'config'> {
  return {
    chat: { id: 1, type: 'private' },
    user: { id: 2, firstName: 'Ann', isBot: false },
    role: 'everyone',
    message: {
      id: 3,
      text: '',
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: false,
      isAddressed: true,
    },
    signal: new AbortController().signal,
    attempt: 1,
    timeZone: 'Asia/Kathmandu',
    idempotencyKey: 'key',
    async reply(response) {
      sent.push(response)
      return [{ id: 77, chatId: 1 }]
    },
    react: async (emoji) => void sent.push(emoji),
    groupRights: async () => ({ userIsAdministrator: false, botSeesAllMessages: true }),
    async download({ fileId }) {
      sent.push(fileId)
      return new Uint8Array(3)
    },
    ...more,
  }
}
