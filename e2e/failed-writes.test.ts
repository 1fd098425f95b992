import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const BEATS = `
import { definePlugin } from '@pluggram/sdk'
let [kept, unkept] = [0, 0]
export default definePlugin({
  name: 'beats',
  version: '1.0.0',
  permissions: { schedule: true },
  schedules: { beat: { every: { seconds: 1 }, execute: ({ services }) => services.logger.info('kept ' + ++kept) } },
  async setup({ services }) {
    await services.scheduler.every({ seconds: 1 }, async () => services.logger.info('unkept ' + ++unkept))
    return {}
  },
})
`

interface Ready {
  readonly status: string
  readonly components: { readonly schedules?: { readonly status: string; readonly reason?: string } }
}

test('while another program holds the database, the health says so and other schedules run; then all go on', async () => {
  const home = await createHome({
    'plugins/beats.ts': BEATS,
    'plugins_config.json': { enabled_plugins: { beats: true }, grants: { beats: { schedule: true } } },
  })
  const assistant = await startAssistant(home)
  const ready = async (): Promise<Ready> => (await (await fetch(`${assistant.url}/readyz`)).json()) as Ready
  const last = (what: string): number =>
    Number([...assistant.output().matchAll(new RegExp(`"${what} (\\d+)"`, 'g'))].at(-1)?.[1] ?? 0)
  await assistant.waitFor(/"kept 1"/)

  const other = new DatabaseSync(join(home, 'data/pluggram.db'))
  other.exec('BEGIN IMMEDIATE')
  const before = last('unkept')
  await assistant.waitFor(/beat of plugin beats failed: another program keeps the database locked/)
  // the database was awaited for five seconds
  expect(last('unkept') - before).toBeGreaterThan(1)
  await expect.poll(ready).toMatchObject({
    status: 'not-ready',
    components: { schedules: { status: 'failed', reason: expect.stringContaining('locked') } },
  })

  other.exec('ROLLBACK')
  other.close()
  const held = last('kept')
  await expect.poll(() => last('kept')).toBeGreaterThan(held + 1)
  expect(await ready()).toMatchObject({
    status: 'ready',
    components: { schedules: { status: 'ok', nextDue: { plugin: 'beats' }, lastRun: { outcome: 'ok' } } },
  })
})
