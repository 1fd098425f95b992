import { expect, test } from 'vitest'
import { ModelWaits } from './model-waits.ts'

test('a model hangs when requests wait and none is answered; one that answers others is only slow', () => {
  let now = 0
  const waits = new ModelWaits(10_000, () => now)
  const first = waits.begin('one:a')
  waits.begin('two:b')
  now = 9_000
  waits.begin('two:b').end('answered')
  expect(waits.list()).toEqual([])
  now = 11_000
  waits.begin('one:a').end('failed')
  expect(waits.list()).toEqual(['one:a does not answer; 1 requests wait for it.'])
  first.end('answered')
  expect(waits.list()).toEqual([])
})

test('after a time limit a model hangs until it answers again', () => {
  const waits = new ModelWaits(10_000, () => 0)
  waits.begin('one:a').end('timed out')
  waits.begin('one:a').end('failed')
  expect(waits.list()).toEqual(['one:a does not answer; 0 requests wait for it.'])
  waits.begin('one:a').end('answered')
  expect(waits.list()).toEqual([])
})
