import { expect, test } from 'vitest'
import { RequestGate } from './request-gate.ts'

const signal = new AbortController().signal

async function isSettled(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), Promise.resolve().then(() => false)])
}

test('one user’s requests wait for each other; another user goes on', async () => {
  const gate = new RequestGate({ user: 1, overall: 10 })
  const leave = await gate.enter(1, signal)
  const second = gate.enter(1, signal)
  const other = await gate.enter(2, signal)
  expect(await isSettled(second)).toBe(false)
  leave()
  leave()
  const leaveSecond = await second
  const third = gate.enter(1, signal)
  expect(await isSettled(third)).toBe(false)
  leaveSecond()
  ;(await third)()
  other()
})

test('all together wait when too much is under way', async () => {
  const gate = new RequestGate({ user: 5, overall: 2 })
  const leaves = [await gate.enter(1, signal), await gate.enter(undefined, signal)]
  const waiting = gate.enter(2, signal)
  expect(await isSettled(waiting)).toBe(false)
  leaves[1]?.()
  ;(await waiting)()
  leaves[0]?.()
})

test('who gives up, or waits too long, leaves no trace', async () => {
  const gate = new RequestGate({ user: 1, overall: 10 }, 20)
  const leave = await gate.enter(1, signal)
  await expect(gate.enter(1, signal)).rejects.toMatchObject({ code: 'ai-busy' })
  const controller = new AbortController()
  const waiting = gate.enter(1, controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(gate.enter(1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late')
  leave()
  ;(await gate.enter(1, signal))()
})
