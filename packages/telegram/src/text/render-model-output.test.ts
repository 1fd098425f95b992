import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import fc from 'fast-check'
import type { TelegramApi } from '../api/api.ts'
import { describe, expect, it } from 'vitest'
// The emulator's validators as a library: the same checks as over HTTP, fast enough for many texts.
import { readText } from '../../../bot-api-emulator/src/methods/message-text.ts'
import { readRichMessage } from '../../../bot-api-emulator/src/methods/rich-message.ts'
import { richMessageText } from '../../../bot-api-emulator/src/text/rich-message-text.ts'
import { Validator } from '../../../bot-api-emulator/src/validator.ts'
import type { FormattedText } from './formatted-text.ts'
import { toCall } from '../send/send-message.ts'
import type { BotApiCall, BotApiPayload } from '../send/format.ts'
import { isBlank } from './formatted-text.ts'
import { renderText } from './render-text.ts'
import { ENTITY_LIMIT, MESSAGE_LIMIT } from './formatted-text.ts'
import { modelOutput } from './test-model-output.ts'
import { createRecordingLogger, createTestBot } from '../test-support.ts'

/** `RENDER_RUNS=100000` runs the long test. */
const RUNS = Number(process.env['RENDER_RUNS'] ?? 2000)
const LONG = 60_000 + RUNS * 20

const validator = new Validator()
const chat = { id: 5, type: 'private' } as const

function planWith(richMessages: 'auto' | 'off'): (text: string) => readonly OutgoingMessage[] {
  // Planning makes no calls.
  const messenger = createTestBot({ api: {} as TelegramApi, logger: createRecordingLogger(), richMessages })
  return (text) => messenger.format(chat, { text, format: 'markdown' })
}

/** The text that Telegram would show; throws if Telegram would refuse it. */
function accepted({ method, payload }: BotApiCall): string {
  validator.checkParams(method, { ...payload })
  const { text } = readText(payload as unknown as Parameters<typeof readText>[0])
  if ((payload.entities?.length ?? 0) > ENTITY_LIMIT) throw new Error('Telegram would drop entities')
  if (text.length > MESSAGE_LIMIT) throw new Error('longer than a message')
  return text
}

/** Telegram drops further ones without a word. */
const MOST_ENTITIES = 100

/** The positions of the parts in the whole; throws when words are missing or out of order. */
function placesOf(parts: readonly BotApiPayload[], whole: string): number[] {
  let position = 0
  const places = parts.map(({ text = '' }) => {
    const at = whole.indexOf(text, position)
    if (at < 0 || !isBlank(whole.slice(position, at)))
      throw new Error(`text is missing before: ${text.slice(0, 40)}`)
    position = at + text.length
    return at
  })
  if (!isBlank(whole.slice(position))) throw new Error('the end is missing')
  return places
}

/**
 * Throws when a cut is inside formatting that fits into one part, or inside a line of code or row
 * of a table.
 */
function checkCuts(cuts: readonly number[], { text, entities }: FormattedText): void {
  for (const cut of cuts) {
    for (const { type, offset, length } of entities) {
      const end = offset + length
      if (cut <= offset || cut >= end) continue
      const isBlock = type === 'pre' || type.endsWith('blockquote')
      if (!isBlock && length <= MESSAGE_LIMIT) throw new Error(`a cut inside ${type}`)
      if (!isBlock || text[cut - 1] === '\n') continue
      const [start, next] = [text.lastIndexOf('\n', cut - 1) + 1, text.indexOf('\n', cut)]
      const [from, to] = [Math.max(offset, start), Math.min(end, next < 0 ? end : next)]
      // a line with more formatting than a message keeps is cut within itself
      const marks = entities.filter((other) => other.offset < to && other.offset + other.length > from)
      const fits = to - from < MESSAGE_LIMIT - 1 && marks.length <= MOST_ENTITIES
      if (fits) throw new Error(`a cut inside a line of ${type}`)
    }
  }
}

/** Throws when `text` does not contain the words in order. */
function checkWords(words: readonly string[], text: string): void {
  let position = 0
  for (const word of words) {
    const at = text.indexOf(word, position)
    if (at < 0) throw new Error(`the word ${word} is lost`)
    position = at + word.length
  }
}

describe('any text that a model might write', () => {
  const plan = planWith('off')
  const planRich = planWith('auto')

  it('is taken by Telegram in parts that hold all of it, cut in good places only', { timeout: LONG }, () => {
    fc.assert(
      fc.property(modelOutput, ({ source, words }) => {
        const messages = plan(source).map(toCall)
        const rendered = renderText(source, 'markdown')
        const shown = messages.map(accepted)
        const places = placesOf(
          messages.map(({ payload }) => payload),
          rendered.text,
        )
        checkCuts(places.slice(1), rendered)
        checkWords(words, shown.join('\n'))
      }),
      { numRuns: RUNS },
    )
  })

  it(
    'is taken as a rich message where it needs one, with a text to fall back to',
    { timeout: LONG },
    async () => {
      let richCount = 0
      await fc.assert(
        fc.asyncProperty(modelOutput, async ({ source, words }) => {
          for (const part of planRich(source)) {
            const { method, payload, fallback } = toCall(part)
            const { rich_message: rich } = payload
            if (!rich) continue
            richCount += 1
            validator.checkParams(method, { ...payload })
            const read = await readRichMessage({} as never, rich as Parameters<typeof readRichMessage>[1])
            checkWords(words, richMessageText(read).text)
            checkWords(words, (fallback ?? []).map(accepted).join('\n'))
          }
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      )
      expect(richCount).toBeGreaterThan(RUNS / 20)
    },
  )
})
