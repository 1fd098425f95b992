import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { long } from '@pluggram/testing/long'
import { readinessNotice } from '../apps/console/src/state/readiness.ts'
import { canMount, mountSmallDisk } from './reliability/support/small-disk.ts'
import type { SmallDisk } from './reliability/support/small-disk.ts'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const disks: SmallDisk[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const disk of disks.splice(0)) await disk.unmount()
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
  for (let round = 0; round < long(1, 5); round += 1) {
    const other = new DatabaseSync(join(home, 'data/pluggram.db'), { timeout: 30_000 })
    other.exec('BEGIN IMMEDIATE')
    const before = last('unkept')
    await expect.poll(ready).toMatchObject({
      status: 'not-ready',
      components: { schedules: { status: 'failed', reason: expect.stringContaining('locked') } },
    })
    // the database was awaited for five seconds
    expect(last('unkept') - before).toBeGreaterThan(1)
    // later rounds are repeats of a problem that was logged
    expect(assistant.output()).toContain('Schedule beat of plugin beats failed')

    other.exec('ROLLBACK')
    other.close()
    const held = last('kept')
    await expect.poll(() => last('kept')).toBeGreaterThan(held + 1)
    expect(await ready()).toMatchObject({
      status: 'ready',
      components: { schedules: { status: 'ok', nextDue: { plugin: 'beats' }, lastRun: { outcome: 'ok' } } },
    })
  }
})

test('while the disk is full a reminder waits, and it comes when there is space', async ({ skip }) => {
  if (!(await canMount())) skip('only root can mount a small disk, and not in every container')
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { reminders: true } } })
  const disk = await mountSmallDisk(join(home, 'data'), 4)
  disks.push(disk)
  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  const [answer] = await ask(session, ada, 'remind me in 5 seconds to drink tea')
  expect(answer).toContain('drink tea')
  await disk.fill()
  // its time cannot be noted, or, when that still fitted, its message cannot
  await assistant.waitFor(
    /"level":"error".*(reminder-1-.* failed|cannot write to the database).*full|full.*reminder-1-/,
  )
  await expect.poll(async () => (await fetch(`${assistant.url}/readyz`)).status).toBe(503)
  // what the playground shows above its chats
  const report = await fetch(`${assistant.url}/readyz`, { headers: { cookie: session.cookie } })
  expect(readinessNotice(await report.json())?.text).toContain('The disk is full')
  await disk.free()
  const messages = await botMessages(session, ada.id, 2)
  expect(messages.at(-1)?.text).toContain('drink tea')
})
