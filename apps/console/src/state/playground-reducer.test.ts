import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DriverEvent } from '../api/driver-types.ts'
import { BOT, CHAT, aBotMessage, aMessage, aPending, aState, anEvent } from './fixtures.ts'
import { nextExpiry, playgroundReducer, sequenceVerdict } from './playground-reducer.ts'
import type { PlaygroundState } from './playground-state.ts'

const NOW = 1_772_700_000_000

function receive(state: PlaygroundState, ...events: readonly DriverEvent[]): PlaygroundState {
  return events.reduce(
    (current, event, index) =>
      playgroundReducer(current, {
        type: 'event-received',
        event: { ...event, sequence: (state.lastSequence ?? 0) + index + 1 },
        now: NOW,
      }),
    state,
  )
}

function ids(state: PlaygroundState): readonly number[] {
  return (state.transcripts[CHAT] ?? []).map((message) => message.id)
}

const draftEvent = (text: string): DriverEvent =>
  anEvent({ type: 'draft-updated', draft: { chatId: CHAT, draftId: 5, text, entities: [], canStop: false } })

describe('messages', () => {
  it('stand in the order of their ids, whatever order they arrive in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50 })), (order) => {
        const events = order.map((id) => anEvent({ type: 'message-added', message: aMessage(id) }))
        expect(ids(receive(aState(), ...events))).toEqual(order.toSorted((left, right) => left - right))
      }),
    )
  })

  it('are replaced when edited and leave when deleted', () => {
    const state = receive(
      aState(),
      anEvent({ type: 'message-added', message: aBotMessage(1) }),
      anEvent({ type: 'message-added', message: aBotMessage(2) }),
      anEvent({ type: 'message-edited', message: aBotMessage(2, { text: 'changed', editDate: 9 }) }),
      anEvent({ type: 'message-deleted', chatId: CHAT, messageId: 1 }),
    )
    expect(state.transcripts[CHAT]).toEqual([aBotMessage(2, { text: 'changed', editDate: 9 })])
  })

  it('are unread when the bot writes to a chat that is not open, until it is opened', () => {
    const state = receive(
      aState({ openChatId: undefined }),
      anEvent({ type: 'message-added', message: aBotMessage(1) }),
      anEvent({ type: 'message-added', message: aBotMessage(2) }),
      anEvent({ type: 'message-added', message: aMessage(3) }),
      anEvent({ type: 'message-added', message: aBotMessage(2) }),
    )
    expect(state.unread[CHAT]).toBe(2)
    expect(playgroundReducer(state, { type: 'chat-opened', chatId: CHAT }).unread[CHAT]).toBeUndefined()
  })
})

describe('sequence', () => {
  it('tells the next event from repeats and gaps', () => {
    expect(sequenceVerdict(undefined, 40)).toBe('next')
    expect(sequenceVerdict(4, 5)).toBe('next')
    expect(sequenceVerdict(4, 4)).toBe('repeated')
    expect(sequenceVerdict(4, 6)).toBe('gap')
  })

  it('drops repeated events', () => {
    const state = aState({ lastSequence: 8 })
    const event = anEvent({ type: 'message-added', message: aBotMessage(1) }, 8)
    expect(playgroundReducer(state, { type: 'event-received', event, now: NOW })).toBe(state)
  })

  it('starts anew with a new stream, and counts kinds it does not know', () => {
    const reopened = playgroundReducer(aState({ lastSequence: 8 }), { type: 'stream-opened' })
    const event = { type: 'unknown', sequence: 1 } as const
    expect(playgroundReducer(reopened, { type: 'event-received', event, now: NOW }).lastSequence).toBe(1)
  })
})

describe('loading a transcript', () => {
  const requested = playgroundReducer(aState({ transcripts: { [CHAT]: [aMessage(1)] } }), {
    type: 'transcript-requested',
    chatId: CHAT,
    requestId: 3,
  })

  it('keeps what arrived while the answer was on its way', () => {
    const during = receive(requested, anEvent({ type: 'message-added', message: aBotMessage(3) }))
    const loaded = playgroundReducer(during, {
      type: 'transcript-loaded',
      chatId: CHAT,
      requestId: 3,
      messages: [aMessage(1), aMessage(2)],
      now: NOW,
    })
    expect(ids(loaded)).toEqual([1, 2, 3])
  })

  it('shows a message once that is both in the answer and in the stream', () => {
    const during = receive(requested, anEvent({ type: 'message-added', message: aBotMessage(2) }))
    const messages = [aMessage(1), aBotMessage(2)]
    const loaded = playgroundReducer(during, {
      type: 'transcript-loaded',
      chatId: CHAT,
      requestId: 3,
      messages,
      now: NOW,
    })
    expect(ids(loaded)).toEqual([1, 2])
  })

  it('takes only the answer to the latest request', () => {
    const stale = { type: 'transcript-loaded', chatId: CHAT, requestId: 2, messages: [], now: NOW } as const
    expect(playgroundReducer(requested, stale)).toBe(requested)
  })

  it('counts what a closed chat missed during a break, and ends the draft that it answered', () => {
    const closed = receive({ ...requested, openChatId: undefined }, draftEvent('so fa'))
    const messages = [aMessage(1), aBotMessage(2), aBotMessage(3)]
    const loaded = playgroundReducer(closed, {
      type: 'transcript-loaded',
      chatId: CHAT,
      requestId: 3,
      messages,
      now: NOW,
    })
    expect(loaded.unread[CHAT]).toBe(2)
    expect(loaded.drafts[CHAT]).toBeUndefined()
  })
})

describe('sending', () => {
  const sending = playgroundReducer(aState(), { type: 'send-started', pending: aPending('send-1') })

  it('shows one bubble when the event comes before the answer', () => {
    const real = aMessage(4, { text: 'hello' })
    const seen = receive(sending, anEvent({ type: 'message-added', message: real }))
    const state = playgroundReducer(seen, { type: 'send-finished', key: 'send-1', message: real })
    expect(state.pending).toEqual([])
    expect(ids(state)).toEqual([4])
    expect(state.bubbleKeys[`${CHAT}/4`]).toBe('send-1')
  })

  it('shows one bubble when the answer comes before the event', () => {
    const real = aMessage(4, { text: 'hello' })
    const sent = playgroundReducer(sending, { type: 'send-finished', key: 'send-1', message: real })
    const state = receive(sent, anEvent({ type: 'message-added', message: real }))
    expect(state.pending).toEqual([])
    expect(ids(state)).toEqual([4])
    expect(state.bubbleKeys[`${CHAT}/4`]).toBe('send-1')
  })

  it('settles equal texts one by one', () => {
    const twice = playgroundReducer(sending, { type: 'send-started', pending: aPending('send-2') })
    const state = receive(twice, anEvent({ type: 'message-added', message: aMessage(4, { text: 'hello' }) }))
    expect(state.pending.map(({ key }) => key)).toEqual(['send-2'])
  })

  it('keeps a failed message until it is sent again or discarded', () => {
    const failed = playgroundReducer(sending, { type: 'send-failed', key: 'send-1', error: 'No connection' })
    expect(failed.pending[0]).toMatchObject({ status: 'failed', error: 'No connection' })
    expect(playgroundReducer(failed, { type: 'send-retried', key: 'send-1' }).pending[0]?.status).toBe(
      'sending',
    )
    expect(playgroundReducer(failed, { type: 'send-discarded', key: 'send-1' }).pending).toEqual([])
  })

  it('does not bring a message back that arrived although its answer was lost', () => {
    const arrived = receive(
      sending,
      anEvent({ type: 'message-added', message: aMessage(4, { text: 'hello' }) }),
    )
    const state = playgroundReducer(arrived, { type: 'send-failed', key: 'send-1', error: 'No connection' })
    expect(state.pending).toEqual([])
  })
})

describe('drafts and chat actions', () => {
  it("grow in one bubble, which the bot's message takes over", () => {
    const first = receive(aState(), draftEvent('So'))
    const second = receive(first, draftEvent('So far'))
    expect(second.drafts[CHAT]?.message.text).toBe('So far')
    expect(second.drafts[CHAT]?.key).toBe(first.drafts[CHAT]?.key)
    const final = receive(second, anEvent({ type: 'message-added', message: aBotMessage(2) }))
    expect(final.drafts[CHAT]).toBeUndefined()
    expect(final.bubbleKeys[`${CHAT}/2`]).toBe(first.drafts[CHAT]?.key)
  })

  it('use a new bubble for the next answer, even with the same draft id', () => {
    const first = receive(aState(), draftEvent('One'))
    const answered = receive(first, anEvent({ type: 'message-added', message: aBotMessage(2) }))
    const second = receive(answered, draftEvent('Two'))
    expect(second.drafts[CHAT]?.key).not.toBe(first.drafts[CHAT]?.key)
  })

  it("survive other people's messages", () => {
    const state = receive(
      aState(),
      draftEvent('So'),
      anEvent({ type: 'message-added', message: aMessage(2) }),
    )
    expect(state.drafts[CHAT]).toBeDefined()
  })

  it('run out: an action after 5 s, a draft after 30 s', () => {
    const typing = receive(
      aState(),
      anEvent({ type: 'chat-action', chatId: CHAT, action: 'typing' }),
      draftEvent('So'),
    )
    expect(nextExpiry(typing)).toBe(NOW + 5000)
    const later = playgroundReducer(typing, { type: 'time-passed', now: NOW + 5000 })
    expect(later.actions[CHAT]).toBeUndefined()
    expect(later.drafts[CHAT]).toBeDefined()
    expect(playgroundReducer(later, { type: 'time-passed', now: NOW + 30_000 }).drafts[CHAT]).toBeUndefined()
    expect(nextExpiry(aState())).toBeUndefined()
  })

  it("end with the bot's message", () => {
    const typing = receive(aState(), anEvent({ type: 'chat-action', chatId: CHAT, action: 'typing' }))
    expect(
      receive(typing, anEvent({ type: 'message-added', message: aBotMessage(2) })).actions[CHAT],
    ).toBeUndefined()
  })
})

describe('buttons', () => {
  const key = `${CHAT}/2/0/0`
  const pressed = playgroundReducer(aState(), { type: 'press-started', key, now: NOW })
  const answered = anEvent({
    type: 'callback-answered',
    chatId: CHAT,
    queryId: 'q1',
    text: 'Done',
    showAlert: false,
  })

  it('spin until their query is answered, then show the answer', () => {
    const accepted = playgroundReducer(pressed, { type: 'press-accepted', key, queryId: 'q1' })
    expect(accepted.presses[key]).toBeDefined()
    const state = receive(accepted, answered)
    expect(state.presses[key]).toBeUndefined()
    expect(state.toasts.map(({ text }) => text)).toEqual(['Done'])
  })

  it('take an answer that overtook the press', () => {
    const early = receive(pressed, answered)
    expect(early.toasts).toEqual([])
    const state = playgroundReducer(early, { type: 'press-accepted', key, queryId: 'q1' })
    expect(state.presses[key]).toBeUndefined()
    expect(state.toasts.map(({ text }) => text)).toEqual(['Done'])
  })

  it('show an alert where the bot asked for one', () => {
    const accepted = playgroundReducer(pressed, { type: 'press-accepted', key, queryId: 'q1' })
    const state = receive(
      accepted,
      anEvent({ type: 'callback-answered', chatId: CHAT, queryId: 'q1', text: 'Sure?', showAlert: true }),
    )
    expect(state.alert?.text).toBe('Sure?')
    expect(playgroundReducer(state, { type: 'alert-closed' }).alert).toBeUndefined()
  })

  it('show nothing for the press of another window', () => {
    expect(receive(aState(), answered).toasts).toEqual([])
  })

  it('stop spinning after 15 s', () => {
    expect(playgroundReducer(pressed, { type: 'time-passed', now: NOW + 14_999 }).presses[key]).toBeDefined()
    expect(
      playgroundReducer(pressed, { type: 'time-passed', now: NOW + 15_000 }).presses[key],
    ).toBeUndefined()
  })
})

describe('reactions', () => {
  it('are one per person and can be taken back', () => {
    const state = aState({
      transcripts: { [CHAT]: [aBotMessage(2, { reactions: [{ emoji: '🔥', userId: BOT }] })] },
    })
    const react = (from: PlaygroundState, emoji: string | null): PlaygroundState =>
      playgroundReducer(from, { type: 'reaction-set', chatId: CHAT, messageId: 2, userId: CHAT, emoji })
    const twice = react(react(state, '👍'), '🎉')
    expect(twice.transcripts[CHAT]?.[0]?.reactions).toEqual([
      { emoji: '🔥', userId: BOT },
      { emoji: '🎉', userId: CHAT },
    ])
    expect(react(twice, null).transcripts[CHAT]?.[0]?.reactions).toEqual([{ emoji: '🔥', userId: BOT }])
  })
})
