import { unfinished } from '@pluggram/testing/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { AiError, DeliveryError } from '@pluggram/sdk'
import type { AccessControl, CallContext } from '@pluggram/sdk/runtime'
import { afterEach, describe, expect, test } from 'vitest'
import { createRecordingMessenger, pressUpdate, textUpdate } from './test-doubles.ts'
import type { FakePlugin } from './test-doubles.ts'
import { echo, endPipelines, passes, say, start, throws, UNANSWERED } from './test-pipeline.ts'

afterEach(endPipelines)

describe('who may use it', () => {
  const access = (change: Partial<AccessControl>): AccessControl => ({
    isIgnored: () => false,
    admit: () => ({ role: 'everyone' }),
    mayTalk: () => true,
    offIn: () => undefined,
    ...change,
  })

  test('updates of blocked people are not even kept', async () => {
    const { pipeline, store, texts } = start([echo], {
      access: access({ isIgnored: ({ chat }) => chat.id === 8 }),
    })
    expect(await texts(textUpdate('hi', { chatId: 8 }), textUpdate('hi', { chatId: 9 }))).toEqual(['echo hi'])
    expect(pipeline.stats().accepted).toBe(1)
    expect(await unfinished(store)).toEqual([])
  })

  test('who is turned away hears the notice, or nothing, and no plugin sees the message', async () => {
    const seen: string[] = []
    const spy: FakePlugin = { name: 'spy', handle: (message) => void seen.push(message) }
    const { pipeline, texts } = start([spy], {
      access: access({ admit: ({ chat }) => (chat.id === 8 ? { notice: { text: 'Ask the owner.' } } : {}) }),
    })
    expect(await texts(textUpdate('a', { chatId: 8 }), textUpdate('b', { chatId: 9 }))).toEqual([
      'Ask the owner.',
    ])
    expect([seen, pipeline.stats().turnedAway]).toEqual([[], 2])
  })

  test('a plugin that is off in a chat answers there neither texts nor commands nor buttons', async () => {
    const dice: FakePlugin = { ...echo, name: 'dice', commands: ['roll'] }
    const off = access({ offIn: (chatId) => (chatId === 7 ? new Set(['dice']) : undefined) })
    const { texts } = start([dice], { access: off })
    const press = pressUpdate('dice', 'again')
    expect(
      await texts(textUpdate('/roll', { group: true }), textUpdate('hi', { group: true }), {
        ...press,
        updateId: press.updateId + 1_000,
      }),
    ).toEqual([])
    expect(await start([dice], { access: off }).texts(textUpdate('/roll', { chatId: 8 }))).toEqual([
      'echo /roll',
    ])
  })
})

describe('who answers', () => {
  test('the first plugin that does not pass', async () => {
    const { texts } = start([passes, echo, { ...echo, name: 'later', handle: () => say('later') }])
    expect(await texts(textUpdate('hi'))).toEqual(['echo hi'])
  })

  test('a plugin knows what the writer may do', async () => {
    const role: FakePlugin = { name: 'role', handle: (_message, context) => say(context.role) }
    expect(await start([role]).texts(textUpdate('hi'))).toEqual(['everyone'])
    const access = {
      isIgnored: () => false,
      admit: () => ({ role: 'owner' as const }),
      mayTalk: () => true,
      offIn: () => undefined,
    }
    expect(await start([role], { access }).texts(textUpdate('hi'))).toEqual(['owner'])
  })

  test('a command goes to its plugin with name and arguments', async () => {
    let seen: CallContext | undefined
    const roll: FakePlugin = {
      name: 'roll',
      commands: ['roll'],
      answersMessages: false,
      handle(_message, context) {
        seen = context
        return say('4')
      },
    }
    const { texts } = start([echo, roll])
    expect(await texts(textUpdate('/Roll  2d6 '))).toEqual(['4'])
    expect(seen?.command).toEqual({ name: 'roll', args: '2d6' })
  })

  test('a plugin with patterns is asked only about texts that match, each time anew', async () => {
    const sum: FakePlugin = { name: 'sum', patterns: [/^\d+\+\d+$/g], handle: () => say('sum') }
    const { texts } = start([sum, echo])
    expect(await texts(textUpdate('1+1'), textUpdate('1+1'), textUpdate('one'))).toEqual([
      'sum',
      'sum',
      'echo one',
    ])
  })

  test('edited messages reach only plugins that ask for them', async () => {
    const edits: FakePlugin = {
      name: 'edits',
      updates: ['edited_message'],
      handle: (text) => say(`edit ${text}`),
    }
    const { texts } = start([echo, edits])
    expect(await texts(textUpdate('changed', { kind: 'edited_message' }))).toEqual(['edit changed'])
  })

  test('a press goes to the plugin that made the button and is acknowledged at once', async () => {
    const { pipeline, messenger, texts } = start([passes, echo])
    await pipeline.accept([pressUpdate('echo', 'again')])
    await expect.poll(() => messenger.callbacks).toEqual([{ id: 'query-1', text: undefined }])
    expect(await texts()).toEqual(['echo again'])
  })

  test('a press of a button whose plugin is gone says so', async () => {
    const { texts, messenger } = start([echo])
    expect(await texts(pressUpdate('gone', 'again'))).toEqual([])
    expect(messenger.callbacks[0]?.text).toMatch(/not running/)
  })

  test('nobody: a private chat hears it, a group does not', async () => {
    const { texts } = start([passes])
    expect(await texts(textUpdate('hi'), textUpdate('hi', { chatId: -5, group: true }))).toEqual([UNANSWERED])
  })
})

describe('when a plugin fails', () => {
  test('an unaddressed failure lets the next plugin answer', async () => {
    const { texts } = start([throws, echo])
    expect(await texts(textUpdate('hi'))).toEqual(['echo hi'])
  })

  test('the chat hears of a failure when nobody answered, without what was thrown', async () => {
    const { texts } = start([throws, passes])
    const [text] = await texts(textUpdate('hi'))
    expect(text).toMatch(/wrong in Throws/)
    expect(text).not.toContain('secret-12345')
  })

  test('a refusal is the answer', async () => {
    const { texts, pipeline } = start([
      { name: 'no', handle: () => ({ success: false, error: 'no such dice' }) },
      echo,
    ])
    expect(await texts(textUpdate('hi'))).toEqual(['⚠️ no such dice'])
    expect(pipeline.stats()).toMatchObject({ answered: 1, failed: 0 })
  })

  test('past the deadline the signal is aborted and the chat goes on', async () => {
    let reason: unknown
    const hangs: FakePlugin = {
      name: 'hangs',
      commands: ['hang'],
      answersMessages: false,
      handle: (_message, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(new Error('stopped'))
          })
        }),
    }
    const { texts } = start([hangs, echo], { timeoutMs: 50 })
    expect(await texts(textUpdate('/hang'), textUpdate('next'))).toEqual([
      '⚠️ Hangs took too long and was stopped. Please try again.',
      'echo next',
    ])
    expect(reason).toMatchObject({ code: 'plugin-timeout' })
  })

  test('a stream that stalls ends within the deadline, and what there was is sent', async () => {
    async function* stall(): AsyncGenerator<string> {
      yield 'one '
      await new Promise(() => {})
    }
    const { texts } = start([{ name: 'stalls', handle: () => ({ success: true, response: stall() }) }], {
      timeoutMs: 50,
    })
    expect(await texts(textUpdate('hi'))).toEqual(['one  [broke off]'])
  })

  test('a stream that breaks before its first word is apologised for', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield ''
      throw new AiError('ai-unavailable', 'The model is overloaded.')
    }
    const { texts } = start([{ name: 'broken', handle: () => ({ success: true, response: broken() }) }])
    expect(await texts(textUpdate('hi'))).toEqual(['⚠️ The model is overloaded.'])
  })

  test('a reply that Telegram refuses is told, and nobody else answers', async () => {
    const messenger = createRecordingMessenger((text) =>
      text === 'bad' ? new DeliveryError('delivery-failed', 'Telegram refused it.') : undefined,
    )
    const { texts, pipeline } = start([{ name: 'bad', handle: () => say('bad') }, echo], { messenger })
    expect(await texts(textUpdate('hi'))).toEqual([
      '⚠️ Telegram refused an answer, so I could not show it. Please ask again.',
    ])
    expect(pipeline.stats()).toMatchObject({ undelivered: 1, unsent: 0 })
  })

  test('a reply that nobody could send is told', async () => {
    const { texts } = start([{ name: 'empty', handle: () => say('') }, echo])
    expect(await texts(textUpdate('hi'))).toEqual(['⚠️ The answer of Empty could not be shown.'])
  })
})

describe('what is delivered', () => {
  test('several replies in order, data as text, streams, and interim replies first', async () => {
    async function* stream(): AsyncGenerator<string> {
      yield 'a'
      yield 'b'
    }
    const many: FakePlugin = {
      name: 'many',
      async handle(message, context) {
        if (message === 'data') return { success: true, data: { n: 1 } }
        if (message === 'nothing') return { success: true }
        await context.reply('working')
        return { success: true, response: ['one', { text: stream(), format: 'markdown' }] }
      },
    }
    const { texts } = start([many])
    expect(await texts(textUpdate('go'), textUpdate('data'), textUpdate('nothing'))).toEqual([
      'working',
      'one',
      'ab',
      'n: 1',
    ])
  })

  test('typing shows while a plugin works and not for quick answers', async () => {
    const slow: FakePlugin = {
      name: 'slow',
      handle: async (text) => (await sleep(text === 'slow' ? 400 : 0), say(text)),
    }
    const quick = start([slow])
    await quick.texts(textUpdate('quick'))
    expect(quick.messenger.typingCount).toBe(0)
    const patient = start([slow])
    await patient.texts(textUpdate('slow'))
    expect(patient.messenger.typingCount).toBe(1)
  })
})

test('presses of buttons and urgent commands do not wait behind their chat', async () => {
  const slow: FakePlugin = {
    name: 'slow',
    commands: ['stop'],
    urgent: true,
    async handle(message, { command }) {
      if (message === 'long') await sleep(400)
      return say(command ? 'stopped' : message)
    },
  }
  const { texts } = start([slow])
  const updates = [
    textUpdate('long'),
    textUpdate('behind'),
    pressUpdate('slow', 'press'),
    textUpdate('/stop'),
  ]
  expect(await texts(...updates)).toEqual(['press', 'stopped', 'long', 'behind'])
})

test('an update that comes twice is answered once', async () => {
  const { texts } = start([echo])
  expect(await texts(textUpdate('hi', { updateId: 5 }), textUpdate('hi', { updateId: 5 }))).toEqual([
    'echo hi',
  ])
})

test('each chat keeps its order while a slow chat delays no other', async () => {
  const variable: FakePlugin = {
    name: 'variable',
    async handle(message, { chat }) {
      await sleep(chat.id === 1 ? 30 : Number(message) % 3)
      return say(message)
    },
  }
  const { texts, messenger } = start([variable])
  const updates = Array.from({ length: 60 }, (_, index) =>
    textUpdate(String(index), { chatId: (index % 4) + 1 }),
  )
  await texts(...updates)
  for (const chatId of [1, 2, 3, 4]) {
    const order = messenger.delivered
      .filter((item) => item.chatId === chatId)
      .map((item) => Number(item.text))
    expect(order).toHaveLength(15)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  }
  expect(messenger.delivered.at(-1)?.chatId).toBe(1)
})
