import { expect, test } from 'vitest'
import { createLogger, createLogTail, createSecretMask } from './index.ts'

function logger(tail = createLogTail()) {
  const mask = createSecretMask(['hunter2-secret'])
  return { tail, log: createLogger({ level: 'info', isPretty: false, mask, tail, write: () => {} }) }
}

test('lines are kept as people read them, without secrets', () => {
  const { tail, log } = logger()
  log.child({ plugin: 'dice' }).info('rolled with hunter2-secret', { chat: 7 })
  log.error('failed', { err: new Error('no dice') })
  const lines = tail.lines({ count: 10 })
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d INFO \[dice\] rolled with \[secret\] chat=7$/)
  expect(lines[1]).toMatch(/ERROR failed \(no dice\)$/)
})

test('problems are not pushed out by talk, and both lists are bounded', () => {
  const { tail, log } = logger()
  log.warn('careful')
  for (let index = 0; index < 3_000; index += 1) log.info(`talk ${index}`)
  expect(tail.lines({ count: 5, onlyProblems: true })).toEqual([expect.stringContaining('careful')])
  expect(tail.lines({ count: 10_000 })).toHaveLength(500)
  expect(tail.lines({ count: 1 })).toEqual([expect.stringContaining('talk 2999')])
})

test('lines are given once to whoever asks for what is new, also after a restart', () => {
  const { tail, log } = logger()
  log.info('one')
  log.info('two')
  const first = tail.raw({ count: 1 })
  expect(first).toEqual({ lines: [expect.stringContaining('two')], next: 2 })
  log.info('three')
  expect(tail.raw({ after: first.next, count: 1 })).toEqual({
    lines: [expect.stringContaining('three')],
    next: 3,
  })
  expect(tail.raw({ after: 3, count: 1 })).toEqual({ lines: [], next: 3 })
  // the one who asks has seen more lines than there are: they are another run's
  expect(tail.raw({ after: 90, count: 1 }).lines).toHaveLength(3)
})

test('times are those of the clock of whoever reads', () => {
  const tail = createLogTail()
  tail.add('{"level":"info","time":"2026-11-30T20:15:00.000Z","msg":"x"}')
  expect(tail.lines({ count: 1, timeZone: 'Asia/Kathmandu' })).toEqual(['02:00:00 INFO x'])
  expect(tail.lines({ count: 1, timeZone: '-03:30' })).toEqual(['16:45:00 INFO x'])
})
