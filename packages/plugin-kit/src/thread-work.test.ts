import { expect, test } from 'vitest'
import { createThreadWork } from './thread-work.ts'

const script = new URL('__fixtures__/echo-worker.ts', import.meta.url)
const here = (): never => {
  throw new Error('this process may have threads')
}
const { signal } = new AbortController()

test('pieces of work are done side by side and each gives its own result', async () => {
  const work = createThreadWork<string>({ script, here, limitMs: 10_000 })
  const words = ['one', 'two', 'three', 'four']
  expect(await Promise.all(words.map((word) => work(word, signal)))).toEqual(words)
})

test('work that runs for ever is ended, and the next is done', async () => {
  const work = createThreadWork<string>({ script, here, limitMs: 3_000, atOnce: 1 })
  const [late, next] = await Promise.allSettled([work('loop', signal), work('next', signal)])
  expect(late).toMatchObject({ status: 'rejected', reason: { name: 'ThreadWorkError', isLate: true } })
  expect(next).toEqual({ status: 'fulfilled', value: 'next' })
})

test.each(['throw', 'eat'])('work that fails (%s) takes nothing else with it', async (input) => {
  const work = createThreadWork<string>({ script, here, limitMs: 12_000, memoryMb: 32 })
  await expect(work(input, signal)).rejects.toMatchObject({ name: 'ThreadWorkError', isLate: false })
  expect(await work('still here', signal)).toBe('still here')
})

test('work that is aborted gives the reason at once', async () => {
  const work = createThreadWork<string>({ script, here, limitMs: 60_000 })
  const controller = new AbortController()
  const running = work('loop', controller.signal)
  controller.abort(new Error('deadline'))
  await expect(running).rejects.toThrow('deadline')
})
