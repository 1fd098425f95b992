import type { Reply } from '@pluggram/sdk'
import fc from 'fast-check'
import type { TelegramApi } from '../api/api.ts'
import { describe, expect, it } from 'vitest'
import { readText } from '../../../bot-api-emulator/src/methods/message-text.ts'
import { toCall } from '../send/send-message.ts'
import { createRecordingLogger, createTestBot } from '../test-support.ts'

function planned(reply: Omit<Reply, 'text'> & { readonly text: string }): {
  readonly entities: readonly unknown[]
  readonly warnings: number
} {
  const logger = createRecordingLogger()
  // Planning makes no calls.
  const messenger = createTestBot({ api: {} as TelegramApi, logger })
  const [part] = messenger.format({ id: 5, type: 'private' }, reply)
  const { payload } = toCall(part!)
  readText(payload as unknown as Parameters<typeof readText>[0])
  return {
    entities: payload.entities ?? [],
    warnings: logger.lines.filter(({ level }) => level === 'warn').length,
  }
}

describe('the entities of a reply', () => {
  it('format its text', () => {
    const entities = [
      { type: 'pre', offset: 5, length: 4, language: 'js' },
      { type: 'bold', offset: 0, length: 4 },
      { type: 'text_link', offset: 10, length: 4, url: 'https://a.example' },
    ]
    expect(planned({ text: 'bold code link', entities })).toEqual({
      entities: [entities[1], entities[0], entities[2]],
      warnings: 0,
    })
  })

  it('may be those of a message that came in: what Telegram finds itself is left to it', () => {
    const entities = [
      { type: 'mention', offset: 0, length: 5 },
      { type: 'bot_command', offset: 6, length: 6 },
    ]
    expect(planned({ text: '@name /start', entities })).toEqual({ entities: [], warnings: 0 })
  })

  it('are left out with a warning when Telegram would refuse them, and the words are sent', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 99 },
      { type: 'bold', offset: -1, length: 2 },
      { type: 'bold', offset: 1, length: 1 },
      { type: 'text_link', offset: 0, length: 2, url: 'javascript:x' },
      { type: 'custom_emoji', offset: 0, length: 2 },
      { type: 'italic', offset: 0, length: 2 },
    ]
    expect(planned({ text: '😀 hi', entities })).toEqual({ entities: [entities[5]], warnings: 1 })
    expect(planned({ text: 'hi', entities: 'bold' as never })).toEqual({ entities: [], warnings: 1 })
  })

  it('belong to plain text', () => {
    const entities = [{ type: 'italic', offset: 0, length: 2 }]
    const markdown = planned({ text: '**hi**', format: 'markdown', entities })
    expect(markdown).toEqual({ entities: [{ type: 'bold', offset: 0, length: 2 }], warnings: 1 })
  })

  it('never keep a text from being taken, whatever they are', () => {
    const number = fc.oneof(fc.integer({ min: -2, max: 30 }), fc.double(), fc.constant('1'))
    const entity = fc.oneof(
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('bold', 'code', 'pre', 'blockquote', 'text_link', 'text_mention'),
            fc.string(),
          ),
          offset: number,
          length: number,
          url: fc.oneof(fc.webUrl(), fc.string()),
          language: fc.oneof(fc.string(), fc.integer()),
        },
        { requiredKeys: [] },
      ),
      fc.anything(),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 5 }), fc.array(entity), (text, entities) => {
        planned({ text: `w${text}`, entities: entities as never })
      }),
      { numRuns: 500 },
    )
  })
})
