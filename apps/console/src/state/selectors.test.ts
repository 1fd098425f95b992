import { describe, expect, it } from 'vitest'
import { BOT, CHAT, aBotMessage, aMessage, aState } from './fixtures.ts'
import { actionLabel, actorId, chatTitle, messageSummary, replyKeyboard, sortedChats } from './selectors.ts'

const group = { id: -5, type: 'group', title: 'Crew', memberIds: [BOT, 8, CHAT] } as const

describe('actorId', () => {
  const users = [
    { id: CHAT, isBot: false, firstName: 'Ada' },
    { id: 8, isBot: false, firstName: 'Bo' },
    { id: 9, isBot: false, firstName: 'Cy' },
  ]

  it('is the person of a private chat', () => {
    const state = aState({ users, actingAs: { [CHAT]: 8 } })
    expect(actorId(state, { id: CHAT, type: 'private', memberIds: [CHAT] })).toBe(CHAT)
  })

  it('is the chosen member of a group, never somebody else', () => {
    expect(actorId(aState({ users }), group)).toBe(CHAT)
    expect(actorId(aState({ users, actingAs: { [-5]: 8 } }), group)).toBe(8)
    expect(actorId(aState({ users, actingAs: { [-5]: 9 } }), group)).toBe(CHAT)
  })
})

describe('chatTitle', () => {
  it("is the assistant's name in private, the group's title else", () => {
    const state = aState({ chats: [group] })
    expect(chatTitle(state, { id: CHAT, type: 'private', memberIds: [] })).toBe('Pluggram')
    expect(chatTitle(state, group)).toBe('Crew')
  })
})

describe('sortedChats', () => {
  it('puts the latest news first and silent chats last', () => {
    const state = aState({
      chats: [{ id: CHAT, type: 'private', memberIds: [] }, group, { id: 8, type: 'private', memberIds: [] }],
      transcripts: { [CHAT]: [aMessage(1, { date: 10 })], [-5]: [aMessage(2, { chatId: -5, date: 20 })] },
    })
    expect(sortedChats(state).map(({ id }) => id)).toEqual([-5, CHAT, 8])
  })
})

describe('replyKeyboard', () => {
  const keys = [[{ text: 'Yes', kind: 'text' }]] as const

  it('is the latest keyboard of buttons that send their text', () => {
    const messages = [aBotMessage(1, { buttons: keys }), aBotMessage(2), aMessage(3)]
    expect(replyKeyboard(messages)).toEqual({ messageId: 1, rows: keys })
  })

  it('is absent where there are only inline buttons', () => {
    const buttons = [[{ text: 'More', kind: 'callback', data: 'm' }]] as const
    expect(replyKeyboard([aBotMessage(1, { buttons })])).toBeUndefined()
  })
})

describe('actionLabel', () => {
  it('names what the assistant does', () => {
    const until = 1
    expect(actionLabel(aState({ actions: { [CHAT]: { action: 'upload_photo', until } } }), CHAT)).toBe(
      'sending a photo',
    )
    expect(actionLabel(aState({ actions: { [CHAT]: { action: 'dance', until } } }), CHAT)).toBe('working')
    expect(actionLabel(aState(), CHAT)).toBeUndefined()
  })
})

describe('messageSummary', () => {
  it('fits a message into one line', () => {
    expect(messageSummary(aMessage(1, { text: 'two\n lines' }))).toBe('two lines')
    expect(messageSummary(aMessage(1, { text: '', attachments: [{ kind: 'photo' }] }))).toBe('Photo')
    expect(
      messageSummary(aMessage(1, { text: 'look', attachments: [{ kind: 'document', fileName: 'a.pdf' }] })),
    ).toBe('a.pdf, look')
  })

  it('does not give a spoiler away', () => {
    const message = aMessage(1, { text: 'it was Bo', entities: [{ type: 'spoiler', offset: 7, length: 2 }] })
    expect(messageSummary(message)).toBe('it was ▒▒')
  })
})
