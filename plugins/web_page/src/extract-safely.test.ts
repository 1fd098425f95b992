import { expect, test } from 'vitest'
import { extractSafely } from './extract-safely.ts'
import { PageError } from './page-url.ts'

test('pages are extracted side by side, each in a thread of its own', async () => {
  const { signal } = new AbortController()
  const pages = await Promise.all(
    ['one', 'two', 'three', 'four'].map((word) => extractSafely(`<title>${word}</title><p>${word}`, signal)),
  )
  expect(pages).toEqual(['one', 'two', 'three', 'four'].map((word) => ({ title: word, text: word })))
})

test('a page that takes too much is given up in words, and the next one is read', async () => {
  const { signal } = new AbortController()
  const nested = '<div>'.repeat(400_000)
  await expect(extractSafely(nested, signal)).rejects.toThrow(PageError)
  expect(await extractSafely('<p>still here', signal)).toMatchObject({ text: 'still here' })
})

test('a call that is aborted waits for nothing', async () => {
  const controller = new AbortController()
  const extraction = extractSafely('<p>text', controller.signal)
  controller.abort(new Error('deadline'))
  await expect(extraction).rejects.toThrow('deadline')
})
