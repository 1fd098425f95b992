import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { KeyLock } from './key-lock.ts'

test('work on one key runs in order, work on another key does not wait', async () => {
  const lock = new KeyLock()
  const log: string[] = []
  const first = Promise.withResolvers<void>()
  const runs = [
    lock.run('a', async () => {
      log.push('a1 begins')
      await first.promise
      log.push('a1 ends')
    }),
    lock.run('a', async () => void log.push('a2')),
    lock.run('b', async () => void log.push('b1')),
    lock.run('a', async () => void log.push('a3')),
  ]
  expect(log).toEqual(['a1 begins', 'b1'])
  first.resolve()
  await Promise.all(runs)
  expect(log).toEqual(['a1 begins', 'b1', 'a1 ends', 'a2', 'a3'])
})

test('gives what the work gives', async () => {
  await expect(new KeyLock().run('a', async () => 7)).resolves.toBe(7)
})

test('a failure reaches its caller, and those behind it run', async () => {
  const lock = new KeyLock()
  const failing = lock.run('a', () => Promise.reject(new Error('broken')))
  const next = lock.run('a', async () => 'done')
  await expect(failing).rejects.toThrow('broken')
  await expect(next).resolves.toBe('done')
})

test('work that throws before it waits neither keeps the key nor throws at the caller', async () => {
  const lock = new KeyLock()
  const thrown = lock.run('a', () => {
    throw new Error('at once')
  })
  await expect(thrown).rejects.toThrow('at once')
  await expect(lock.run('a', async () => 'done')).resolves.toBe('done')
})

test('a key is forgotten once nobody holds it or waits for it', async () => {
  const lock = new KeyLock()
  const gate = Promise.withResolvers<void>()
  const first = lock.run('a', () => gate.promise)
  const second = lock.run('a', async () => {})
  expect(lock.size).toBe(1)
  gate.resolve()
  await first
  await second
  await turn()
  expect(lock.size).toBe(0)
  await lock.run('a', () => Promise.reject(new Error('broken'))).catch(() => {})
  expect(lock.size).toBe(0)
})
