import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { messagePage, namedTests } from '../scripts/message-reference.ts'

test('docs/reference/telegram.md is up to date (run `npm run generate -w @pluggram/telegram`)', async () => {
  const { file, text } = await messagePage()
  expect(await readFile(file, 'utf8')).toBe(text)
})

/** What a test file may say in place of a field's name in the Bot API. */
const NAMES_HERE: Readonly<Record<string, string>> = {
  message_id: 'message',
  video_note: 'kind',
}

test.each(namedTests())('$file is there and tests $name', async ({ file, name }) => {
  const text = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8')
  expect(text.includes(NAMES_HERE[name] ?? name)).toBe(true)
})
