import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ApiClient } from '../api/api-client.ts'
import { ApiError } from '../api/api-error.ts'
import type { DriverState, TranscriptMessage } from '../api/driver-types.ts'
import type { EventStreamHandlers } from '../api/event-stream.ts'
import { BOT, CHAT, aBotMessage, aMessage, anEvent } from './fixtures.ts'
import { createPlayground } from './playground.ts'
import type { PlaygroundDoors } from './playground-doors.ts'
import type { Playground } from './playground.ts'

interface World {
  readonly playground: Playground
  readonly api: { readonly [Method in keyof ApiClient]: ReturnType<typeof vi.fn<ApiClient[Method]>> }
  readonly uploadFile: ReturnType<typeof vi.fn<PlaygroundDoors['uploadFile']>>
  /** The handlers of the page's event stream. */
  readonly stream: () => EventStreamHandlers
  readonly closeStream: ReturnType<typeof vi.fn<() => void>>
}

const bot = { id: BOT, isBot: true, firstName: 'Pluggram' }
const ada = { id: CHAT, isBot: false, firstName: 'Ada' }
const withAda: DriverState = {
  bot,
  users: [ada],
  chats: [{ id: CHAT, type: 'private', memberIds: [CHAT, BOT] }],
  commands: [],
}

function createWorld(): World {
  const unexpected = (): never => {
    throw new Error('unexpected call')
  }
  const api = {
    state: vi.fn<ApiClient['state']>(async () => withAda),
    createUser: vi.fn<ApiClient['createUser']>(unexpected),
    createChat: vi.fn<ApiClient['createChat']>(unexpected),
    messages: vi.fn<ApiClient['messages']>(async () => [aBotMessage(1)]),
    sendText: vi.fn<ApiClient['sendText']>(unexpected),
    editText: vi.fn<ApiClient['editText']>(unexpected),
    sendLocation: vi.fn<ApiClient['sendLocation']>(unexpected),
    press: vi.fn<ApiClient['press']>(unexpected),
    react: vi.fn<ApiClient['react']>(unexpected),
    stopDraft: vi.fn<ApiClient['stopDraft']>(unexpected),
  }
  const uploadFile = vi.fn<PlaygroundDoors['uploadFile']>(unexpected)
  const closeStream = vi.fn<() => void>()
  let handlers: EventStreamHandlers | undefined
  const playground = createPlayground({
    api,
    uploadFile,
    openEventStream(_url, given) {
      handlers = given
      return closeStream
    },
    now: () => 1_772_700_000_000,
    languageCode: 'de',
  })
  const stream = (): EventStreamHandlers => {
    if (handlers === undefined) throw new Error('no stream was opened')
    return handlers
  }
  return { playground, api, uploadFile, stream, closeStream }
}

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 5 })

async function started(): Promise<World> {
  const world = createWorld()
  stops.push(world.playground.start(undefined))
  await until(() => world.stream())
  return world
}

const ids = ({ playground }: World): readonly number[] =>
  (playground.getState().transcripts[CHAT] ?? []).map(({ id }) => id)

describe('start', () => {
  it('makes a person for the first visitor and opens their chat', async () => {
    const world = createWorld()
    world.api.state.mockResolvedValueOnce({ ...withAda, users: [], chats: [] })
    world.api.createUser.mockResolvedValueOnce(ada)
    world.playground.start(undefined)
    await until(() => expect(world.playground.getState().openChatId).toBe(CHAT))
    expect(world.api.createUser).toHaveBeenCalledExactlyOnceWith({ firstName: 'You', languageCode: 'de' })
  })

  it('opens the chat of the address, and makes nobody where people are', async () => {
    const world = createWorld()
    world.playground.start(CHAT)
    await until(() => expect(ids(world)).toEqual([1]))
    expect(world.playground.getState().openChatId).toBe(CHAT)
  })

  it('asks to sign in on 401 and opens no stream', async () => {
    const world = createWorld()
    world.api.state.mockRejectedValue(new ApiError(401, 'session-missing', 'Sign in.'))
    world.playground.start(undefined)
    await until(() => expect(world.playground.getState().status.kind).toBe('signed-out'))
    expect(() => world.stream()).toThrow('no stream')
  })

  it("shows the assistant's words where the playground is off", async () => {
    const world = createWorld()
    world.api.state.mockRejectedValue(new ApiError(404, 'playground-off', 'Open it in Telegram.'))
    world.playground.start(undefined)
    await until(() =>
      expect(world.playground.getState().status).toEqual({ kind: 'off', message: 'Open it in Telegram.' }),
    )
  })

  it('tries again while the assistant cannot be reached', async () => {
    vi.useFakeTimers()
    try {
      const world = createWorld()
      world.api.state.mockRejectedValueOnce(new ApiError(0, 'unreachable', 'No answer.'))
      world.playground.start(undefined)
      await until(() => expect(world.playground.getState().status.kind).toBe('failed'))
      await vi.advanceTimersByTimeAsync(2000)
      expect(world.playground.getState().status.kind).toBe('ready')
    } finally {
      vi.useRealTimers()
    }
  })

  it('lets go of the stream in the end', async () => {
    const world = createWorld()
    const stop = world.playground.start(undefined)
    await until(() => world.stream())
    stop()
    expect(world.closeStream).toHaveBeenCalledOnce()
  })
})

describe('the event stream', () => {
  it('reads everything anew when it opens, so that a break loses nothing', async () => {
    const world = await started()
    world.stream().onDown()
    expect(world.playground.getState().isOnline).toBe(false)
    world.api.messages.mockResolvedValue([aBotMessage(1), aBotMessage(2)])
    world.stream().onOpen()
    await until(() => expect(ids(world)).toEqual([1, 2]))
    expect(world.playground.getState().isOnline).toBe(true)
  })

  it('begins anew where the assistant was restarted and forgot the chats', async () => {
    const world = await started()
    const bo = { id: 8, isBot: false, firstName: 'You' }
    world.api.state.mockResolvedValueOnce({ ...withAda, users: [], chats: [] })
    world.api.state.mockResolvedValue({
      ...withAda,
      users: [bo],
      chats: [{ id: 8, type: 'private', memberIds: [8] }],
    })
    world.api.createUser.mockResolvedValueOnce(bo)
    world.stream().onOpen()
    await until(() => expect(world.playground.getState().openChatId).toBe(8))
    expect(world.playground.getState().transcripts[CHAT]).toBeUndefined()
  })

  it('reads everything anew when an event is missing', async () => {
    const world = await started()
    const { onEvent } = world.stream()
    onEvent(anEvent({ type: 'message-added', message: aBotMessage(2) }, 1))
    world.api.messages.mockResolvedValue([aBotMessage(1), aBotMessage(2), aBotMessage(3), aBotMessage(4)])
    onEvent(anEvent({ type: 'message-added', message: aBotMessage(4) }, 3))
    await until(() => expect(ids(world)).toEqual([1, 2, 3, 4]))
  })

  it('is not tried again once the session has ended', async () => {
    const world = await started()
    world.api.state.mockRejectedValue(new ApiError(401, 'session-missing', 'Sign in.'))
    expect(await world.stream().onRefused()).toBe(false)
    expect(world.playground.getState().status.kind).toBe('signed-out')
  })

  it('is tried again while the assistant restarts', async () => {
    const world = await started()
    world.api.state.mockRejectedValue(new ApiError(502, 'http-502', 'Bad gateway'))
    expect(await world.stream().onRefused()).toBe(true)
  })
})

describe('sending', () => {
  it('shows the message at once and the real one when it is taken', async () => {
    const world = await started()
    const taken = Promise.withResolvers<TranscriptMessage>()
    world.api.sendText.mockReturnValueOnce(taken.promise)
    world.playground.sendText(CHAT, ' hello ', 1)
    expect(world.playground.getState().pending[0]).toMatchObject({
      status: 'sending',
      message: { text: 'hello' },
    })
    expect(world.api.sendText).toHaveBeenCalledExactlyOnceWith(CHAT, {
      userId: CHAT,
      text: 'hello',
      replyToMessageId: 1,
    })
    taken.resolve(aMessage(2, { text: 'hello' }))
    await until(() => expect(world.playground.getState().pending).toEqual([]))
    expect(ids(world)).toContain(2)
  })

  it('keeps what was not taken, with the reason, and sends it again', async () => {
    const world = await started()
    world.api.sendText.mockRejectedValueOnce(new ApiError(409, 'blocked', 'The bot is blocked.'))
    world.playground.sendText(CHAT, 'hello')
    await until(() => expect(world.playground.getState().pending[0]?.status).toBe('failed'))
    expect(world.playground.getState().pending[0]?.error).toBe('The bot is blocked.')
    world.api.sendText.mockResolvedValueOnce(aMessage(2, { text: 'hello' }))
    world.playground.retry(world.playground.getState().pending[0]?.key ?? '')
    await until(() => expect(world.playground.getState().pending).toEqual([]))
  })

  it('reports how far a file got', async () => {
    const world = await started()
    world.uploadFile.mockImplementationOnce((_upload, onProgress) => {
      onProgress(0.5)
      return new Promise(() => undefined)
    })
    const file = new File(['x'], 'a.txt')
    world.playground.sendFile(CHAT, { kind: 'document', file, caption: 'look' })
    await until(() => expect(world.playground.getState().pending[0]?.progress).toBe(0.5))
    expect(world.uploadFile.mock.calls[0]?.[0]).toEqual({
      chatId: CHAT,
      userId: CHAT,
      kind: 'document',
      file,
      caption: 'look',
    })
  })
})

describe('editing', () => {
  it('takes the text into the composer and gives back what stood there', async () => {
    const world = await started()
    world.playground.compose(CHAT, { text: 'half a th' })
    world.playground.startEdit(aMessage(3, { text: 'helo' }))
    expect(world.playground.getState().composing[CHAT]?.text).toBe('helo')
    world.api.editText.mockResolvedValueOnce(aMessage(3, { text: 'hello', editDate: 9 }))
    expect(await world.playground.saveEdit(CHAT, 3, 'hello')).toBe(true)
    world.playground.cancelEdit(CHAT)
    expect(world.playground.getState().composing[CHAT]).toEqual({ text: 'half a th' })
  })

  it('says why an edit was refused', async () => {
    const world = await started()
    world.api.editText.mockRejectedValueOnce(new ApiError(409, 'not-the-sender', 'Not yours.'))
    expect(await world.playground.saveEdit(CHAT, 3, 'hello')).toBe(false)
    expect(world.playground.getState().toasts[0]).toMatchObject({ text: 'Not yours.', tone: 'error' })
  })
})

describe('reacting', () => {
  it('takes a reaction back that was refused', async () => {
    const world = await started()
    await until(() => expect(ids(world)).toEqual([1]))
    world.api.react.mockRejectedValueOnce(new ApiError(400, 'bad-emoji', 'No.'))
    world.playground.react(aBotMessage(1), '👍')
    expect(world.playground.getState().transcripts[CHAT]?.[0]?.reactions).toEqual([
      { emoji: '👍', userId: CHAT },
    ])
    await until(() => expect(world.playground.getState().transcripts[CHAT]?.[0]?.reactions).toEqual([]))
  })

  it('with the same emoji takes the own one back', async () => {
    const world = await started()
    world.api.react.mockResolvedValueOnce()
    world.playground.react(aBotMessage(1, { reactions: [{ emoji: '👍', userId: CHAT }] }), '👍')
    expect(world.api.react).toHaveBeenCalledExactlyOnceWith(CHAT, 1, { userId: CHAT, emoji: null })
  })
})

describe('pressing a button', () => {
  it('presses once while it waits', async () => {
    const world = await started()
    world.api.press.mockResolvedValueOnce('q1')
    world.playground.pressButton(aBotMessage(1), 0, 1)
    world.playground.pressButton(aBotMessage(1), 0, 1)
    expect(world.api.press).toHaveBeenCalledExactlyOnceWith(CHAT, 1, { userId: CHAT, row: 0, column: 1 })
  })
})
