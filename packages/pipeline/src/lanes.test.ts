import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Lanes } from './lanes.ts'

const onError = (error: unknown): never => {
  throw error
}

test('keeps the order of each lane and never exceeds the concurrency', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (pushes, concurrency) => {
        const lanes = new Lanes({ onError, concurrency, capacity: 1_000 })
        const done = new Map<number, number[]>()
        let running = 0
        let most = 0
        const busy = new Set<number>()
        for (const [index, [lane, pauses]] of pushes.entries()) {
          lanes.push(String(lane), async () => {
            expect(busy.has(lane)).toBe(false)
            busy.add(lane)
            running += 1
            most = Math.max(most, running)
            for (let pause = 0; pause < pauses; pause += 1) await setImmediate()
            done.set(lane, [...(done.get(lane) ?? []), index])
            running -= 1
            busy.delete(lane)
          })
        }
        await lanes.whenIdle()
        expect([...done.values()].flat()).toHaveLength(pushes.length)
        for (const order of done.values()) expect(order).toEqual(order.toSorted((a, b) => a - b))
        expect(most).toBeLessThanOrEqual(concurrency)
        expect(lanes.size).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
})

test('a lane with a long queue lets a newcomer in after one task', async () => {
  const lanes = new Lanes({ onError, concurrency: 1, capacity: 1_000 })
  const order: string[] = []
  for (let index = 0; index < 50; index += 1) {
    lanes.push('flood', async () => {
      await setImmediate()
      order.push('flood')
    })
  }
  lanes.push('calm', async () => void order.push('calm'))
  await lanes.whenIdle()
  expect(order.indexOf('calm')).toBe(1)
})

test('holds callers while it is full and lets them go when there is room', async () => {
  const lanes = new Lanes({ onError, concurrency: 1, capacity: 2 })
  let release = (): void => {}
  lanes.push('a', () => new Promise<void>((resolve) => (release = resolve)))
  lanes.push('a', async () => {})
  lanes.push('a', async () => {})
  let hasRoom = false
  const roomy = lanes.whenRoomy().then(() => (hasRoom = true))
  await setImmediate()
  expect(hasRoom).toBe(false)
  release()
  await roomy
  expect(lanes.size).toBeLessThan(3)
})

test('lets those go who wait for room when what waits is forgotten', async () => {
  const lanes = new Lanes({ onError, concurrency: 1, capacity: 1 })
  let release = (): void => {}
  lanes.push('a', () => new Promise<void>((resolve) => (release = resolve)))
  lanes.push('a', async () => {})
  let hasRoom = false
  void lanes.whenRoomy().then(() => (hasRoom = true))
  await setImmediate()
  expect(hasRoom).toBe(false)
  expect(lanes.clear()).toBe(1)
  await setImmediate()
  expect(hasRoom).toBe(true)
  release()
  await lanes.whenIdle()
})

test('what was left in a long lane comes behind its tasks, in order, and takes no room of other lanes', async () => {
  const done: (string | number)[] = []
  const lanes = new Lanes({
    onError,
    concurrency: 1,
    capacity: 55,
    leftCapacity: 3_000,
    takeUp: async (number) => void done.push(number),
  })
  const isLongAt: number[] = []
  for (let index = 0; index < 3_000; index += 1) {
    if (lanes.isLong('flood')) lanes.leave('flood', index)
    else lanes.push('flood', async () => void done.push(index))
    if (lanes.isLong('flood')) isLongAt.push(index)
  }
  expect(isLongAt[0]).toBeGreaterThan(20)
  expect(lanes.isFull).toBe(false)
  expect(lanes.size).toBe(3_000)
  lanes.push('calm', async () => void done.push('calm'))
  await lanes.whenIdle()
  expect(done.indexOf('calm')).toBeLessThan(3)
  expect(done.filter((entry) => entry !== 'calm')).toEqual(Array.from({ length: 3_000 }, (_, index) => index))
  expect(lanes.isLong('flood')).toBe(false)
})

test('holds callers when too much was left', async () => {
  const lanes = new Lanes({
    onError,
    concurrency: 1,
    capacity: 1_000,
    leftCapacity: 2,
    takeUp: async () => {},
  })
  let release = (): void => {}
  lanes.push('a', () => new Promise<void>((resolve) => (release = resolve)))
  for (let index = 0; index < 100; index += 1) lanes.push('a', async () => {})
  lanes.leave('a', 1)
  expect(lanes.isFull).toBe(false)
  lanes.leave('a', 2)
  expect(lanes.isFull).toBe(true)
  const roomy = lanes.whenRoomy()
  release()
  await roomy
  expect(lanes.isFull).toBe(false)
  await lanes.whenIdle()
})

test('forgets what has not begun', async () => {
  const ran: number[] = []
  const lanes = new Lanes({
    onError,
    concurrency: 1,
    capacity: 10,
    takeUp: async (number) => void ran.push(number),
  })
  let release = (): void => {}
  lanes.push('a', () => new Promise<void>((resolve) => (release = resolve)))
  lanes.push('a', async () => void ran.push(1))
  lanes.push('b', async () => void ran.push(2))
  lanes.leave('a', 3)
  expect(lanes.clear()).toBe(3)
  release()
  await lanes.whenIdle()
  expect(ran).toEqual([])
})

test('a task that throws, or cannot be taken up, is told, and its lane goes on', async () => {
  const told: unknown[] = []
  const done: (string | number)[] = []
  const lanes = new Lanes({
    concurrency: 1,
    capacity: 1_000,
    onError: (error) => told.push((error as Error).message),
    takeUp: async (number) => {
      if (number === 1) throw new Error('not readable')
      done.push(number)
    },
  })
  lanes.push('a', async () => {
    throw new Error('broken')
  })
  for (let index = 0; index < 60; index += 1) lanes.push('a', async () => {})
  lanes.leave('a', 1)
  lanes.leave('a', 2)
  lanes.push('b', async () => void done.push('b'))
  await lanes.whenIdle()
  expect(told).toEqual(['broken', 'not readable'])
  expect(done).toEqual(['b', 2])
})

test('tasks that release their place hold up no other lane, and their own lane keeps its order', async () => {
  const lanes = new Lanes({ onError, concurrency: 2, capacity: 1_000 })
  const done: string[] = []
  const ends: (() => void)[] = []
  for (let index = 0; index < 10; index += 1) {
    lanes.push(`waiting ${index}`, async (place) => {
      place.release()
      place.release()
      await new Promise<void>((resolve) => ends.push(resolve))
      done.push(`waited ${index}`)
    })
    lanes.push(`waiting ${index}`, async () => void done.push(`behind ${index}`))
  }
  let most = 0
  let working = 0
  for (let index = 0; index < 6; index += 1) {
    lanes.push(`busy ${index}`, async () => {
      working += 1
      most = Math.max(most, working)
      await setImmediate()
      working -= 1
      done.push('busy')
    })
  }
  await expect.poll(() => done.filter((what) => what === 'busy')).toHaveLength(6)
  expect(most).toBe(2)
  expect(done).toHaveLength(6)
  expect(ends).toHaveLength(10)
  expect(lanes.size).toBe(20)
  for (const end of ends) end()
  await lanes.whenIdle()
  for (let index = 0; index < 10; index += 1)
    expect(done.indexOf(`waited ${index}`)).toBeLessThan(done.indexOf(`behind ${index}`))
})

test('an urgent lane runs while ordinary ones hold all places', async () => {
  const lanes = new Lanes({ onError, concurrency: 1, capacity: 1_000 })
  const held = Promise.withResolvers<void>()
  const done: string[] = []
  lanes.push('a', () => held.promise)
  lanes.push('b', async () => void done.push('b'))
  lanes.push('a', async () => void done.push('urgent'), { isUrgent: true })
  await setImmediate()
  expect(done).toEqual(['urgent'])
  held.resolve()
  await lanes.whenIdle()
  expect(done).toEqual(['urgent', 'b'])
})

test('what is held up by a task that only waits may overtake it, in order, and is told once', async () => {
  const lanes = new Lanes({ onError, concurrency: 1, capacity: 1_000 })
  const done: string[] = []
  const told: string[] = []
  const ends: Record<string, () => void> = {}
  const waits = (name: string) => async (place: { release(): void }) => {
    await setImmediate()
    place.release()
    place.release()
    await new Promise<void>((resolve) => (ends[name] = resolve))
    done.push(name)
  }
  const held = (name: string, overtakes: boolean) => ({
    heldUp: () => {
      told.push(name)
      return overtakes
    },
  })
  lanes.push('a', waits('model'), held('model', true))
  lanes.push('a', async () => void done.push('question'), held('question', false))
  lanes.push('a', waits('slow command'), held('slow command', true))
  lanes.push('a', async () => void done.push('command'), held('command', true))
  await expect.poll(() => done).toEqual(['command'])
  // a press while a command waits; and one more command behind the question
  lanes.push('a', async () => void done.push('press'), { isUrgent: true })
  lanes.push('a', async () => void done.push('late command'), held('late command', true))
  await expect.poll(() => done).toEqual(['command', 'press', 'late command'])
  expect(told).toEqual(['question', 'slow command', 'command', 'late command'])
  expect(lanes.size).toBe(3)
  ends['model']?.()
  await expect.poll(() => done.slice(3)).toEqual(['model', 'question'])
  ends['slow command']?.()
  await lanes.whenIdle()
  // the lane is as before
  lanes.push('a', async () => void done.push('next'), held('next', true))
  await lanes.whenIdle()
  expect(done.slice(5)).toEqual(['slow command', 'next'])
  expect(told).not.toContain('next')
})

test('no more than four urgent tasks of a key only wait', async () => {
  const lanes = new Lanes({ onError, concurrency: 2, capacity: 1_000 })
  const ends: (() => void)[] = []
  for (let index = 0; index < 9; index += 1) {
    lanes.push(
      'a',
      async (place) => {
        place.release()
        await new Promise<void>((resolve) => ends.push(resolve))
      },
      { isUrgent: true },
    )
  }
  await setImmediate()
  await expect.poll(() => ends.length).toBe(4)
  await setImmediate()
  expect(ends).toHaveLength(4)
  for (let ended = 0; ended < 9; ended += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(ended)
    ends[ended]?.()
  }
  await lanes.whenIdle()
})
