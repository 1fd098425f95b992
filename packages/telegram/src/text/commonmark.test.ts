import { createRequire } from 'node:module'
import { decodeHTML } from 'entities/decode'
import { expect, test } from 'vitest'
import { readText } from '../../../bot-api-emulator/src/methods/message-text.ts'
import { Validator } from '../../../bot-api-emulator/src/validator.ts'
import type { TelegramApi } from '../api/api.ts'
import { toCall } from '../send/send-message.ts'
import { createRecordingLogger, createTestBot } from '../test-support.ts'
import { ENTITY_LIMIT } from './formatted-text.ts'

interface Example {
  readonly markdown: string
  readonly html: string
  readonly number: number
}

const require = createRequire(import.meta.url)
const { tests: examples } = require('commonmark-spec') as { tests: readonly Example[] }
const validator = new Validator()
const messenger = createTestBot({
  api: {} as TelegramApi,
  logger: createRecordingLogger(),
  richMessages: 'off',
})

/** What Telegram shows of a text; throws if it would refuse a message. */
function shown(text: string): string {
  const messages = messenger.format({ id: 5, type: 'private' }, { text, format: 'markdown' })
  return messages
    .map((message) => {
      const { method, payload } = toCall(message)
      validator.checkParams(method, { ...payload })
      expect(payload.entities?.length ?? 0).toBeLessThanOrEqual(ENTITY_LIMIT)
      return readText(payload as unknown as Parameters<typeof readText>[0]).text
    })
    .join('\n')
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

/** The words that a reader of the page sees. */
function wordsIn(html: string): string[] {
  return wordsOf(decodeHTML(html.replaceAll(/<!--[^]*?-->|<[^>]*>/g, ' ')))
}

/** The first word that is not there in its order. */
function lostWord(words: readonly string[], text: string): string | undefined {
  let position = 0
  return words.find((word) => {
    const at = text.indexOf(word, position)
    position = at < 0 ? position : at + word.length
    return at < 0
  })
}

test('no word of any example of CommonMark is lost, and Telegram refuses none', () => {
  expect(examples).toHaveLength(652)
  const lost = examples.flatMap(({ markdown, html, number }) => {
    const source = markdown.replaceAll('→', '\t')
    // Telegram sends no empty messages
    if (wordsIn(html).length === 0) return []
    const word = lostWord(wordsIn(html), shown(source))
    return word === undefined ? [] : [`${number}: ${word}`]
  })
  expect(lost).toEqual([])
})

test.each([
  ['a table', '| foo | bar |\n| --- | --- |\n| baz | bim |', 'foo bar baz bim'],
  [
    'a table with alignment and escapes',
    '| abc | defghi |\n:-: | -----------:\nb \\| az | `x \\| y`',
    'abc defghi b az x y',
  ],
  ['a row with fewer cells', '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz |', 'abc def bar bar baz'],
  ['a row with more cells', '| abc | def |\n| --- | --- |\n| bar | baz | boo |', 'abc def bar baz boo'],
  ['a table that ends with a quotation', '| abc |\n| --- |\n| bar |\n> foo', 'abc bar foo'],
  ['a head of another length', '| abc | def |\n| --- |\n| bar |', 'abc def bar'],
  ['tasks', '- [x] foo\n  - [ ] bar\n- [ ] bim', 'foo bar bim'],
  ['strikethrough', '~~Hi~~ Hello, ~there~ world! ~~~x~~~', 'Hi Hello there world x'],
  [
    'addresses',
    'www.commonmark.org/help (visit https://a.example/x?y=z)) me+x@b.example.',
    'commonmark help visit a example x',
  ],
  ['raw HTML', '<strong> <title> foo <style> <em>\n\n<blockquote>bar</blockquote>', 'foo bar'],
])('GitHub’s addition keeps its words: %s', (_what, source, words) => {
  expect(lostWord(words.split(' '), shown(source))).toBeUndefined()
})
