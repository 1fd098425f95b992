import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { runAttacks } from './attack-run.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('what Telegram never sends is refused without effect, and honest updates do not notice', async () => {
  const { statuses, repeated, effects, honest, growthMb } = await runAttacks()
  const { 'chunks without end': endless, ...rest } = statuses
  // if the connection is cut while the client still writes, the response may be lost
  expect([413, 0]).toContain(endless)
  expect(rest).toEqual({
    'no secret': 401,
    'wrong secret': 403,
    'empty secret': 403,
    'secret twice': 403,
    'two secrets': 403,
    'wrong secret, 2 MiB': 403,
    '2 MiB': 413,
    'gzip bomb': 400,
    'depth 100,000': 400,
    // an update of a type that nobody handles
    'depth 100,000 inside an update': 200,
    'wrong type': 415,
    form: 415,
    'no type': 415,
    'broken JSON': 400,
    'no object': 400,
    prototype: 400,
  })
  expect(new Set(repeated)).toEqual(new Set([200]))
  expect(effects).toEqual(['echo once'])
  expect(honest.statuses).toEqual([200])
  expect(growthMb).toBeLessThan(100)
  // 100 ms on an idle machine
  expect(honest.p99Ms).toBeLessThan(500)
})
