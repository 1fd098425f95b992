import { expect, test } from 'vitest'
import { createSqlitePluginStores, openSqliteDatabase, WriteLog } from '../index.ts'

test('keys get another beginning in all plugins; what is newer there stays, and nothing else moves', async () => {
  const database = openSqliteDatabase(':memory:')
  const stores = createSqlitePluginStores(new WriteLog(database))
  const [a, b] = [stores.forPlugin('a'), stores.forPlugin('b')]
  const value = (json: string) => ({ json, expiresAt: null })
  await a.write('\u0001-5\u0001mood', value('"old"'))
  await a.write('\u0001-5\u0001count', value('1'))
  await a.write('\u0001-1005\u0001mood', value('"new"'))
  await a.write('\u0001-55\u0001mood', value('"other chat"'))
  await b.write('\u0001-5\u0001mood', value('"b"'))
  await stores.movePrefix('\u0001-5\u0001', '\u0001-1005\u0001')
  const read = async (store: typeof a, key: string) => (await store.read(key))?.json
  expect(await read(a, '\u0001-1005\u0001count')).toBe('1')
  expect(await read(a, '\u0001-1005\u0001mood')).toBe('"new"')
  expect(await read(a, '\u0001-55\u0001mood')).toBe('"other chat"')
  expect(await read(b, '\u0001-1005\u0001mood')).toBe('"b"')
  expect(await read(b, '\u0001-5\u0001mood')).toBeUndefined()
  await stores.close()
  database.close()
})
