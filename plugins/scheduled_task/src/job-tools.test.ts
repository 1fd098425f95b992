import { createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import scheduledTask from './index.ts'

installLeakCheck()

const trusted = { role: 'trusted' } as const

test('a model makes, lists, pauses and deletes jobs, within the chat', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(scheduledTask, { services })
  const call = (name: string, args?: object, message: object = trusted): Promise<unknown> =>
    plugin.callTool(name, args, message)
  expect(await call('add_job', { every: '2 hours', text: 'Drink' })).toMatchObject({
    job: 1,
    every: '2 hours',
  })
  expect(await call('add_job', { every: 'whenever', text: 'x' })).toMatchObject({
    error: expect.stringContaining('When should I send it?'),
  })
  expect(await call('add_job', { every: 'weekday 9:00 and more', text: 'x' })).toMatchObject({
    error: expect.stringContaining('not part of a time'),
  })
  expect(await call('list_jobs')).toMatchObject([{ job: 1, text: 'Drink' }])
  const elsewhere = { role: 'trusted', chat: { id: 55 } } as const
  expect(await call('list_jobs', {}, elsewhere)).toEqual([])
  expect(await call('change_job', { number: 1, action: 'delete' }, elsewhere)).toEqual({
    error: 'There is no job 1 here.',
  })
  expect(await call('change_job', { number: 1, action: 'pause' })).toBe('Paused job 1.')
  expect(await call('list_jobs')).toMatchObject([{ next: 'paused' }])
  expect(await call('change_job', { number: 1, action: 'delete' })).toBe('Deleted job 1.')
  expect(await call('list_jobs')).toEqual([])
  expect(await call('add_job', { every: 'day 9:00', text: 'x' }, { chat: { id: 0 } })).toEqual({
    error: 'Jobs only work in a chat.',
  })
})

test('who may make jobs by command may do so through a model, and nobody else', async () => {
  const roleOf = async (config: { role?: string }): Promise<unknown> => {
    await using plugin = await runPlugin(scheduledTask, { config })
    return [...new Set(plugin.descriptor.tools.map(({ role }) => role))]
  }
  expect(await roleOf({})).toEqual(['trusted'])
  expect(await roleOf({ role: 'owner' })).toEqual(['owner'])
})
