import { describe, expect, test } from 'vitest'
import type { ProcessLimits } from '../process/process-limits.ts'
import { createTestHome, LEVELS } from '../test-home.ts'

const after = (seconds: number): string =>
  `await new Promise((resolve) => setTimeout(resolve, ${seconds * 1_000}))`
const NEVER = 'await new Promise(() => {})'

/** Limits that the owner sets for a plugin. */
const giving = (limits: ProcessLimits) => ({ limitsFor: () => limits })

describe.each(LEVELS)('%s', (level) => {
  test('a start has the time that the owner gives it', async () => {
    await using home = await createTestHome({
      'plugins/hangs.ts': `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({ async setup() { ${NEVER} } })`,
    })
    const host = await home.host({ level, ...giving({ startSeconds: 0.7 }) })
    const startedAt = performance.now()
    expect((await host.start()).problems).toMatchObject([
      { plugin: 'hangs', message: expect.stringContaining('not finished within 0.7 s') },
    ])
    // without the owner's limit it would have thirty seconds
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('a setup has the time that the plugin asks for', async () => {
    await using home = await createTestHome({
      'plugins/slow.ts': `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({ timeouts: { startSeconds: 5 }, async setup() { ${after(2)}; return { processMessage() {} } } })`,
    })
    const host = await home.host({ level, timeouts: { startSeconds: 1.5 } })
    expect((await host.start()).problems).toEqual([])
  })

  const CALLED = `import { definePlugin } from '@pluggram/sdk'
let aborted = 'not aborted'
export default definePlugin({
  timeouts: { callSeconds: 1 },
  setup: () => ({
    async processMessage(message, { signal }) {
      if (message === 'ask') return { success: true, response: aborted }
      signal.addEventListener('abort', () => { aborted = signal.reason.code })
      if (message === 'listen') return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ success: true, response: 'in time' })))
      ${NEVER}
    },
  }),
})`

  test('a message past the plugin’s own limit is called off by its signal, and given up a second later', async () => {
    await using home = await createTestHome({ 'plugins/called.ts': CALLED })
    const host = await home.host({ level })
    await host.start()
    expect(await host.ask('called', 'listen')).toMatchObject({ response: 'in time' })
    expect(await host.ask('called', 'ask')).toMatchObject({ response: 'plugin-timeout' })
    const startedAt = performance.now()
    await expect(host.ask('called', 'hang')).rejects.toMatchObject({
      code: 'plugin-timeout',
      message: 'Plugin called did not answer within 1 s.',
    })
    expect(performance.now() - startedAt).toBeGreaterThan(1_950)
    expect(await host.ask('called', 'ask')).toMatchObject({ success: true })
  })

  test('the owner’s limit of a message counts more than the plugin’s', async () => {
    await using home = await createTestHome({
      'plugins/called.ts': `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  timeouts: { callSeconds: 0.1 },
  setup: () => ({ async processMessage() { ${after(0.5)}; return { success: true, response: 'done' } } }),
})`,
    })
    const host = await home.host({ level, ...giving({ callSeconds: 5 }) })
    await host.start()
    expect(await host.ask('called', 'x')).toMatchObject({ response: 'done' })
  })

  const REPORTING = `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  timeouts: { statusSeconds: 0.1 },
  setup: () => ({ processMessage() {}, async getStatus() { ${after(0.4)}; return { status: 'well' } } }),
})`

  test('a status has the plugin’s time, or the owner’s', async () => {
    await using home = await createTestHome({ 'plugins/reporting.ts': REPORTING })
    const short = await home.host({ level })
    await short.start()
    expect(await short.statuses()).toMatchObject([{ status: { status: 'failing' } }])
    const long = await home.host({ level, ...giving({ statusSeconds: 5 }) })
    await long.start()
    expect(await long.statuses()).toMatchObject([{ status: { status: 'well' } }])
  })

  test('a cleanup has more time than others when the owner gave it, and no more than they when only the plugin asks', async () => {
    await using home = await createTestHome({
      'plugins/tidy.ts': `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  timeouts: { cleanupSeconds: 60 },
  setup: ({ services }) => ({ processMessage() {}, async cleanup() { ${after(0.6)}; services.logger.info('tidied') } }),
})`,
    })
    const timeouts = { cleanupSeconds: 0.1 }
    const short = await home.host({ level, timeouts })
    await short.start()
    await short.stop()
    expect(short.logged).toEqual([])
    const long = await home.host({ level, timeouts, ...giving({ cleanupSeconds: 5 }) })
    await long.start()
    await long.stop()
    expect(long.logged).toEqual(['tidied'])
  })
})
