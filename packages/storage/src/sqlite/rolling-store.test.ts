import { expect, test } from 'vitest'
import { createSqlitePluginStores, openSqliteDatabase, WriteLog } from '../index.ts'
import type { NearlyFullStore } from '../index.ts'

function open(options: Parameters<typeof createSqlitePluginStores>[1]) {
  const database = openSqliteDatabase(':memory:')
  const stores = createSqlitePluginStores(new WriteLog(database), options)
  const close = async (): Promise<void> => {
    await stores.close()
    database.close()
  }
  return { stores, close }
}

const value = (json: string) => ({ json, expiresAt: null })

test('a rolling store deletes what was written longest ago, and never refuses what fits at all', async () => {
  let now = 1_000
  const { stores, close } = open({ now: () => (now += 1), rollingLimit: { keys: 3, bytes: 100 } })
  const journal = stores.forPlugin('a').rolling('journal')
  for (const key of ['1', '2', '3']) await journal.write(key, value('"x"'))
  await journal.write('1', value('"again"'))
  await journal.write('4', value('"x"'))
  expect(await journal.keys('', '', 10)).toEqual(['1', '3', '4'])
  await journal.write('5', value(`"${'x'.repeat(95)}"`))
  expect(await journal.keys('', '', 10)).toEqual(['5'])
  await expect(journal.write('6', value(`"${'x'.repeat(100)}"`))).rejects.toMatchObject({
    code: 'store-limit',
  })
  await close()
})

test('a store of which 80 % is used is told of once, and is a finding until there is room', async () => {
  const told: NearlyFullStore[] = []
  const { stores, close } = open({
    limit: { keys: 10, bytes: 1_000 },
    onNearlyFull: (store) => told.push(store),
  })
  const backend = stores.forPlugin('a')
  for (let key = 1; key <= 7; key += 1) await backend.write(`k${key}`, value('1'))
  expect(stores.nearlyFull()).toEqual([])
  for (let key = 8; key <= 9; key += 1) await backend.write(`k${key}`, value('1'))
  expect(stores.nearlyFull()).toEqual([{ plugin: 'a', percent: 90 }])
  expect(told).toEqual([{ plugin: 'a', percent: 80 }])
  for (let key = 1; key <= 5; key += 1) await backend.remove(`k${key}`)
  await stores.tidy()
  expect(stores.nearlyFull()).toEqual([])
  await close()
})

test('expired values are deleted in slices, and what others write meanwhile is not held up', async () => {
  let now = 1_000
  const { stores, close } = open({ now: () => now })
  const backend = stores.forPlugin('a')
  const writes = Array.from({ length: 1_000 }, (_, key) =>
    backend.write(`k${key}`, { json: '1', expiresAt: 2_000 }),
  )
  await Promise.all(writes)
  now = 2_000
  const order: string[] = []
  const tidying = stores.tidy().then(() => order.push('tidy'))
  await stores.forPlugin('b').write('k', value('1'))
  order.push('write')
  await tidying
  expect(order).toEqual(['write', 'tidy'])
  await close()
})

test('a store that was filled in an earlier run is a finding too', async () => {
  const database = openSqliteDatabase(':memory:')
  const limit = { keys: 4, bytes: 1_000 }
  const earlier = createSqlitePluginStores(new WriteLog(database), { limit })
  for (const key of ['1', '2', '3', '4']) await earlier.forPlugin('a').write(key, value('1'))
  await earlier.close()
  const stores = createSqlitePluginStores(new WriteLog(database), { limit })
  await stores.tidy()
  expect(stores.nearlyFull()).toEqual([{ plugin: 'a', percent: 100 }])
  await stores.close()
  database.close()
})
