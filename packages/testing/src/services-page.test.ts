import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import plugin from '../../../docs/reference/services-example.ts'
import { collectText, createTestServices, runPlugin } from './index.ts'

const read = (file: string): string =>
  readFileSync(new URL(`../../../docs/reference/${file}`, import.meta.url), 'utf8')

test('the page about services shows its example as it is', () => {
  expect(read('services.md')).toContain(`\`\`\`ts\n${read('services-example.ts')}\`\`\``)
})

test('the example asks once, counts, limits and reports', async () => {
  let asked = 0
  const services = createTestServices({
    plugins: async (_plugin, _method, place) => ({ name: String(place).toUpperCase() }) as never,
    async fetch() {
      asked += 1
      return new Response('sunny')
    },
  })
  await using running = await runPlugin(plugin, { services })
  const answers = await Promise.all([1, 2, 3].map(() => running.send('weather oslo')))
  expect(await collectText(answers[0])).toBe('Hello, Ann! OSLO: sunny')
  expect(asked).toBe(1)
  expect(await services.store.forChat(1_001).get('asked')).toBe(3)
  await running.send('weather oslo')
  await running.send('weather oslo')
  expect(await running.send('weather oslo')).toMatchObject({
    success: false,
    error: expect.stringContaining('too often'),
  })
  expect(services.recordedMetrics.filter(({ name }) => name === 'lookups_total')).toHaveLength(6)
})

test('the example reports what it cannot handle', async () => {
  const services = createTestServices({
    plugins: async () => {
      throw new Error('no such place')
    },
  })
  await using running = await runPlugin(plugin, { services })
  expect(await running.send('weather nowhere')).toEqual({ success: false, error: 'unavailable' })
  expect(services.exceptions).toMatchObject([{ error: { message: 'no such place' } }])
})
