import { describe, expect, it } from 'vitest'
import { parseEvent, parseState } from './parse-driver.ts'

describe('parseEvent', () => {
  it('reads an event of the contract', () => {
    const event = { sequence: 3, type: 'chat-action', chatId: 7, action: 'typing' }
    expect(parseEvent(JSON.stringify(event))).toEqual(event)
  })

  it('passes over kinds it does not know', () => {
    expect(parseEvent('{"sequence":1,"type":"story-posted"}')).toEqual({ type: 'unknown', sequence: 1 })
    expect(parseEvent('{"sequence":2,"type":"constructor"}')).toEqual({ type: 'unknown', sequence: 2 })
  })

  it.each([
    '{"type":"chat-action"}',
    '{"sequence":1,"type":"message-added","message":{"id":"x"}}',
    '[]',
    'null',
    '{',
  ])('refuses %s', (data) => {
    expect(() => parseEvent(data)).toThrow(/cannot read/u)
  })
})

describe('parseState', () => {
  it('refuses a state without a bot', () => {
    expect(() => parseState({ users: [], chats: [], commands: [] })).toThrow(/cannot read/u)
  })
})
