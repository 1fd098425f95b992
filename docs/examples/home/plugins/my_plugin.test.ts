import { expect, test } from 'vitest'
import { collectText, createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import ApiPlugin from './api_plugin.ts'
import MyPlugin from './my_plugin.ts'

installLeakCheck()

test('repeats what it is told', async () => {
  await using plugin = await runPlugin(MyPlugin, { name: 'my_plugin', config: { loud: true } })
  expect(await collectText(await plugin.send('repeat good day'))).toBe('GOOD DAY')
  expect(await plugin.send('repeat')).toMatchObject({ success: false })
  expect(await plugin.send('something else')).toBeUndefined()
  expect(await plugin.status()).toEqual({ status: 'active', config: { loud: true } })
})

test('asks the service with its key', async () => {
  const keys: (string | null)[] = []
  const services = createTestServices({
    async fetch(_input, init) {
      keys.push(new Headers(init?.headers).get('authorization'))
      return Response.json({ answer: 'Hello' })
    },
  })
  const config = { endpoint: 'https://api.example.com/', api_key: 'test' }
  await using plugin = await runPlugin(ApiPlugin, { name: 'api_plugin', config, services })
  expect(await collectText(await plugin.send('Anybody there?'))).toBe('Hello')
  expect(keys).toEqual(['Bearer test'])
})

test('says what is missing in the configuration, all at once', async () => {
  const started = runPlugin(ApiPlugin, { name: 'api_plugin', config: {} })
  await expect(started).rejects.toThrow(
    'Missing required config: plugins.api_plugin.endpoint\nMissing required config: plugins.api_plugin.api_key',
  )
})
