import { expect, test } from 'vitest'
import { assemble } from './assemble.ts'
import type { Assembly } from './assemble.ts'
import { definePart, given, many, one } from './part.ts'
import type { Part, Token } from './part.ts'

const number = one<number>('number')
const text = one<string>('text')
const checks = many<string>('checks')

function createAssembly(...parts: Part[]): { assembly: Assembly; failed: string[] } {
  const failed: string[] = []
  const onStopFailed = (part: string, error: unknown): void =>
    void failed.push(`${part}: ${(error as Error).message}`)
  return { assembly: assemble(parts, { onStopFailed }), failed }
}

/** A part that notes what happens to it. */
function noting(name: string, notes: string[], work: () => unknown = () => {}): Part {
  return definePart({
    name,
    start: async (_needs, life) => {
      notes.push(`start ${name}`)
      life.onStop(() => notes.push(`stop ${name}`))
      life.onOpen(() => {
        notes.push(`open ${name}`)
        life.onStop(() => notes.push(`close ${name}`))
      })
      await work()
    },
  })
}

test('parts receive what they need, whatever their order, and the order is kept where it is free', async () => {
  const order: string[] = []
  const part = (name: string, needs: Record<string, Token<unknown>>, gives?: Token<unknown>): Part =>
    definePart({
      name,
      needs,
      ...(gives && { gives }),
      start: (received) => {
        order.push(`${name} ${JSON.stringify(received)}`)
        return name
      },
    })
  const { assembly } = createAssembly(
    part('last', { text }),
    part('free', {}),
    part('middle', { number }, text),
    given(number, 7),
  )
  await assembly.start()
  expect(order).toEqual(['middle {"number":7}', 'last {"text":"middle"}', 'free {}'])
  expect(assembly.get(number)).toBe(7)
})

test('a giver that is missing, a second one and a circle are named before anything starts', () => {
  const started: string[] = []
  const part = (name: string, needs: readonly Token<unknown>[], gives?: Token<unknown>): Part => ({
    name,
    needs,
    gives,
    start: () => started.push(name),
  })
  expect(() => createAssembly(part('web', [number]))).toThrow(
    'the part web needs number, which no part gives',
  )
  expect(() => createAssembly(part('a', [], number), part('b', [], number))).toThrow(
    'both a and b give number',
  )
  const circle = [part('free', []), part('a', [number], text), part('b', [text], number)]
  expect(() => createAssembly(...circle)).toThrow('these parts need each other: a → b → a')
  expect(() => createAssembly(part('self', [number], number))).toThrow('self → self')
  expect(started).toEqual([])
})

test('all parts start before one opens, and what was registered last is undone first', async () => {
  const notes: string[] = []
  const { assembly } = createAssembly(noting('a', notes), noting('b', notes))
  await assembly.start()
  await assembly.stop()
  expect(notes).toEqual(['start a', 'start b', 'open a', 'open b', 'close b', 'close a', 'stop b', 'stop a'])
})

test('a list shows what parts added so far, and a part that ends takes its own away', async () => {
  const seen: string[][] = []
  const adder = (name: string): Part => definePart({ name, start: (_needs, life) => life.add(checks, name) })
  const reader = definePart({
    name: 'reader',
    needs: { checks },
    start(needs, life) {
      seen.push([...needs.checks])
      life.onOpen(() => seen.push([...needs.checks]))
      life.onStop(() => seen.push([...needs.checks]))
    },
  })
  const { assembly } = createAssembly(adder('before'), reader, adder('after'))
  await assembly.start()
  await assembly.stop()
  expect(seen).toEqual([['before'], ['before', 'after'], ['before']])
})

test('a start that fails half way undoes what was done, that of the failing part included', async () => {
  const notes: string[] = []
  const failing = noting('b', notes, () => {
    throw new Error('no port')
  })
  const { assembly } = createAssembly(noting('a', notes), failing, noting('c', notes))
  await expect(assembly.start()).rejects.toThrow('no port')
  const after = ['start a', 'start b', 'stop b', 'stop a']
  expect(notes).toEqual(after)
  await assembly.stop()
  expect(notes).toEqual(after)
})

test('an open that fails undoes those that were opened, and the starts', async () => {
  const notes: string[] = []
  const failing = definePart({
    name: 'b',
    start: (_needs, life) =>
      life.onOpen(() => {
        throw new Error('the port is taken')
      }),
  })
  const { assembly } = createAssembly(noting('a', notes), failing, noting('c', notes))
  await expect(assembly.start()).rejects.toThrow('the port is taken')
  expect(notes).toEqual(['start a', 'start c', 'open a', 'close a', 'stop c', 'stop a'])
})

test('a stop during the start waits for the step under way, starts no other and undoes all', async () => {
  const notes: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const { assembly } = createAssembly(
    noting('a', notes),
    noting('slow', notes, () => promise),
    noting('c', notes),
  )
  const start = assembly.start().catch((error: unknown) => (error as Error).message)
  await expect.poll(() => notes).toContain('start slow')
  const stop = assembly.stop()
  expect(notes).not.toContain('stop a')
  resolve()
  await stop
  expect(await start).toBe('stopped before everything had started')
  expect(notes).toEqual(['start a', 'start slow', 'stop slow', 'stop a'])
})

test('a stop in the last step of the start does not leave it running', async () => {
  const notes: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const last = definePart({
    name: 'last',
    start(_needs, life) {
      life.onOpen(async () => {
        await promise
        life.onStop(() => notes.push('closed'))
      })
    },
  })
  const { assembly } = createAssembly(noting('a', notes), last)
  const start = assembly.start().catch(() => 'failed')
  await expect.poll(() => notes).toContain('open a')
  const stop = assembly.stop()
  resolve()
  await stop
  expect(await start).toBe('failed')
  expect(notes).toEqual(['start a', 'open a', 'closed', 'close a', 'stop a'])
})

test('a part hears that all stops, and can end its own start early', async () => {
  const waiting = definePart({
    name: 'waiting',
    start: (_needs, { signal }) =>
      new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      ),
  })
  const { assembly } = createAssembly(waiting)
  const start = assembly.start().catch(() => 'failed')
  await assembly.stop()
  expect(await start).toBe('failed')
})

test('what throws while it is undone is told, and keeps nothing else from it; a second stop does nothing', async () => {
  const notes: string[] = []
  const broken = definePart({
    name: 'broken',
    start: (_needs, life) =>
      life.onStop(async () => {
        throw new Error('disk full')
      }),
  })
  const { assembly, failed } = createAssembly(noting('a', notes), broken, noting('c', notes))
  await assembly.start()
  await Promise.all([assembly.stop(), assembly.stop()])
  expect(failed).toEqual(['broken: disk full'])
  expect(notes.slice(-2)).toEqual(['stop c', 'stop a'])
})

test('a start after the stop starts nothing', async () => {
  const notes: string[] = []
  const { assembly } = createAssembly(noting('a', notes))
  await assembly.stop()
  await expect(assembly.start()).rejects.toThrow('stopped before')
  expect(notes).toEqual([])
})

test('every part is in the report with what its start and its open took', async () => {
  const wait = () => new Promise<void>((resolve) => void setTimeout(resolve, 30))
  const slow = definePart({
    name: 'slow',
    start: async (_needs, life) => {
      life.onOpen(wait)
      await wait()
    },
  })
  const { assembly } = createAssembly(given(number, 1), slow)
  const times = await assembly.start()
  expect(times.map(({ part }) => part)).toEqual(['number', 'slow'])
  expect(times[1]?.startMs).toBeGreaterThan(20)
  expect(times[1]?.openMs).toBeGreaterThan(20)
})
