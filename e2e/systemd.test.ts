import { spawnSync } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { listenAsServiceManager } from './support/notify-socket.ts'
import type { NotifySocket } from './support/notify-socket.ts'
import { stopAllPrograms } from './support/program.ts'

const sockets: NotifySocket[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const socket of sockets.splice(0)) await socket.close()
  await removeHomes()
})

const cannotRun = ['systemd-notify', 'python3'].find((name) => spawnSync(name, ['--version']).error)

const BUSY = `
import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  name: 'busy',
  version: '1.0.0',
  commands: {
    compute: {
      description: 'Computes',
      execute(args) {
        const end = Date.now() + Number(args) * 1000
        while (Date.now() < end) {}
        return { success: true, response: 'computed' }
      },
    },
  },
})
`

test.skipIf(cannotRun !== undefined)(
  `systemd hears when the assistant is ready, how it is, that it lives, and that it ends${cannotRun === undefined ? '' : ` (skipped: there is no ${cannotRun})`}`,
  async () => {
    const socket = await listenAsServiceManager()
    sockets.push(socket)
    const heard = (pattern: RegExp, since = 0): boolean =>
      socket.notices.slice(since).some(({ lines }) => lines.some((line) => pattern.test(line)))
    const home = await createHome({
      'plugins/busy.ts': BUSY,
      'plugins_config.json': { enabled_plugins: { busy: true } },
      'config.json': { plugin_host: { plugins: { busy: { isolation: 'inline' } } } },
    })
    const { url, driver } = await startEmulator()
    await driver.post('/faults', { kind: 'server-error', status: 502, method: 'getMe', times: 3 })
    const assistant = await startAssistant(home, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: url,
      NOTIFY_SOCKET: socket.path,
      WATCHDOG_USEC: '4000000',
    })
    const ada = await createPerson(driver)
    await expect.poll(() => heard(/^STATUS=Working\./)).toBe(true)
    await expect.poll(() => heard(/^WATCHDOG=1$/)).toBe(true)
    // it was not ready at first, and said so
    const first = socket.notices.findIndex(({ lines }) => lines.includes('READY=1'))
    expect(socket.notices[first]?.lines).toContain('WATCHDOG=1')
    const before = socket.notices.slice(0, first).flatMap(({ lines }) => lines)
    expect(before.join()).toMatch(/STATUS=(Starting|Not receiving).*EXTEND_TIMEOUT_USEC=60000000/)
    expect(before.join()).not.toContain('WATCHDOG=1')

    // a restart would not help against what is outside
    const down = socket.notices.length
    await driver.post('/faults', {
      kind: 'server-error',
      status: 502,
      method: 'getUpdates',
      times: 1_000_000,
    })
    await write(driver, ada, '/help')
    await expect.poll(() => heard(/^STATUS=Not receiving: Telegram/, down)).toBe(true)
    const said = socket.notices.length
    await expect.poll(() => heard(/^WATCHDOG=1$/, said)).toBe(true)
    await fetch(`${url}/emulator/faults`, { method: 'DELETE' })
    await expect.poll(() => heard(/^STATUS=Working\. Last message/, said)).toBe(true)

    // a blocked loop is silent for longer than the watchdog waits
    await write(driver, ada, '/compute 6')
    const beats = (): number[] =>
      socket.notices.filter(({ lines }) => lines.includes('WATCHDOG=1')).map(({ at }) => at)
    const longest = (): number => Math.max(...beats().map((at, index, all) => at - (all[index - 1] ?? at)))
    await expect.poll(longest).toBeGreaterThan(5_000)

    const restarting = socket.notices.length
    expect((await runCommand(home, 'restart')).code).toBe(0)
    await expect.poll(() => heard(/^RELOADING=1$/, restarting)).toBe(true)
    expect(heard(/^MONOTONIC_USEC=\d+$/, restarting)).toBe(true)
    await expect.poll(() => heard(/^READY=1$/, restarting)).toBe(true)
    expect(heard(/^STOPPING=1$/)).toBe(false)
    await assistant.stop()
    expect(socket.notices.at(-1)?.lines).toContain('STOPPING=1')
    expect(JSON.stringify(socket.notices)).not.toContain(TOKEN)
  },
)

test('a missing systemd-notify is logged once, and the assistant works', async () => {
  const assistant = await startAssistant(await createHome(), {
    NOTIFY_SOCKET: '/run/systemd/notify-of-nobody',
    WATCHDOG_USEC: '1000000',
    PATH: '/nonexistent',
  })
  await assistant.waitFor(/"level":"error".*systemd-notify is missing/)
  expect(await assistant.stop()).toBe(0)
  expect(assistant.output().match(/systemd-notify is missing/g)).toHaveLength(1)
})
