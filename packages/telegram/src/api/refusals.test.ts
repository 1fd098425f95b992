import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { refusalPage } from '../../scripts/generate-reference.ts'
import { findRefusal, REFUSALS } from './refusals.ts'
import type { RefusalRow } from './refusals.ts'

test('the reference has the table as it is (run `npm run generate -w @pluggram/telegram`)', async () => {
  const { file, text } = await refusalPage()
  expect(await readFile(file, 'utf8')).toBe(text)
})

describe('a refusal', () => {
  const cases = Object.entries<RefusalRow>(REFUSALS).flatMap(([name, row]) =>
    row.examples.map((example) => [example, name, row] as const),
  )

  test.each(cases)('%s is: %s', (example, _name, row) => {
    expect(findRefusal(400, `Bad Request: ${example}`)).toBe(row)
    expect(findRefusal(403, `Forbidden: ${example}`)).toBe(row)
  })

  test('nobody described concerns the message at 400 and 413, and the chat at 403', () => {
    expect(findRefusal(400, 'Bad Request: SOMETHING_NEW')).toMatchObject({
      meaning: 'message',
      ways: ['words'],
    })
    expect(findRefusal(413, undefined)).toMatchObject({ meaning: 'message', ways: ['words'] })
    expect(findRefusal(403, 'Forbidden: something new')).toMatchObject({ meaning: 'gone', ways: [] })
  })

  test.each([401, 404, 429, 500, undefined])('%s is none', (code) => {
    expect(findRefusal(code, 'Bad Request: message is too long')).toBeUndefined()
  })

  test('of a closed chat says so, one of a chat that is gone says nothing', () => {
    const noticesOf = (meaning: RefusalRow['meaning']): (string | undefined)[] =>
      Object.values<RefusalRow>(REFUSALS).flatMap((row) => (row.meaning === meaning ? [row.notice] : []))
    for (const notice of noticesOf('closed')) expect(notice).toMatch(/^I could not answer there: .*\.$/)
    expect(new Set([...noticesOf('gone'), ...noticesOf('done')])).toEqual(new Set([undefined]))
  })
})
