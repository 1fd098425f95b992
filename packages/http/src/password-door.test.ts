import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PasswordDoor } from './password-door.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const RIGHT = 'correct horse'

async function guess(door: PasswordDoor, client: string, times: number): Promise<string[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => door.check(`guess ${index}`, client)))
}

test('ten wrong passwords are checked at once, others one a second, the newest first', async () => {
  const door = new PasswordDoor(() => RIGHT)
  expect(await guess(door, 'eve', 10)).toEqual(Array(10).fill('wrong'))
  const done: string[] = []
  for (const given of ['a', 'b', RIGHT])
    void door.check(given, 'eve').then((answer) => done.push(`${given}: ${answer}`))
  await vi.advanceTimersByTimeAsync(999)
  expect(done).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(done).toEqual([`${RIGHT}: right`])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(done).toEqual([`${RIGHT}: right`, 'b: wrong', 'a: wrong'])
})

test('others are not slowed down, and of too many that wait the oldest give way', async () => {
  const door = new PasswordDoor(() => RIGHT)
  await guess(door, 'eve', 10)
  const waiting = guess(door, 'eve', 50)
  expect(await door.check(RIGHT, 'ann')).toBe('right')
  const mine = door.check(RIGHT, 'eve')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await mine).toBe('right')
  await vi.advanceTimersByTimeAsync(20_000)
  const answers = await waiting
  expect(answers.slice(0, 31)).toEqual(Array(31).fill('wait'))
  expect(answers.slice(31)).toEqual(Array(19).fill('wrong'))
})

test('a quarter of an hour later a client begins anew', async () => {
  const door = new PasswordDoor(() => RIGHT)
  await guess(door, 'eve', 10)
  await vi.advanceTimersByTimeAsync(15 * 60_000)
  expect(await guess(door, 'eve', 10)).toEqual(Array(10).fill('wrong'))
})

test('a password that waits for its turn is compared with the one that counts then', async () => {
  let current: string | undefined = RIGHT
  const door = new PasswordDoor(() => current)
  await guess(door, 'eve', 10)
  const [old, next] = [door.check(RIGHT, 'eve'), door.check('battery staple', 'eve')]
  current = 'battery staple'
  await vi.advanceTimersByTimeAsync(2_000)
  expect([await old, await next]).toEqual(['wrong', 'right'])
  current = undefined
  expect([door.isOpen, await door.check('', 'ann')]).toEqual([false, 'wrong'])
})
