import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from '../support/assistant.ts'
import type { RunningAssistant } from '../support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN, write } from '../support/emulator.ts'
import { findFreePort } from '../support/free-port.ts'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { createEchoHome } from './support/echo.ts'
import { canMount, mountSmallDisk } from './support/small-disk.ts'
import type { SmallDisk } from './support/small-disk.ts'

const disks: SmallDisk[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const disk of disks.splice(0)) await disk.unmount()
  await removeHomes()
})

test.for(long(['polling'], ['webhook']))(
  'with %s, a full disk acknowledges nothing, says so, and all is answered once when there is space again',
  async (mode, { skip }) => {
    if (!(await canMount())) skip('only root can mount a small disk, and not in every container')
    const home = await createEchoHome()
    const disk = await mountSmallDisk(join(home, 'data'), 2)
    disks.push(disk)
    const { url, driver } = await startEmulator()
    const assistant = await start(home, url, mode)
    const ada = await createPerson(driver)
    await write(driver, ada, 'before')
    await botMessages(driver, ada.id, 1)
    await sleep(200)

    await disk.fill()
    await write(driver, ada, 'one')
    await write(driver, ada, 'two')
    await assistant.waitFor(/"level":"error".*(disk|full)/)
    await sleep(2_500)
    expect(await texts(driver, ada.id)).toEqual(['echo before'])
    const waiting = await fetch(`${url}/bot${TOKEN}/getWebhookInfo`)
    expect(await waiting.json()).toMatchObject({ result: { pending_update_count: 2 } })

    const freedAt = Date.now()
    await disk.free()
    await botMessages(driver, ada.id, 3)
    expect(Date.now() - freedAt).toBeLessThan(15_000)
    await sleep(500)
    expect(await texts(driver, ada.id)).toEqual(['echo before', 'echo one', 'echo two'])
  },
)

async function start(home: string, apiRoot: string, mode: string): Promise<RunningAssistant> {
  const port = await findFreePort()
  return startAssistant(home, {
    PORT: String(port),
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    ...(mode === 'webhook' && {
      TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
      TELEGRAM_WEBHOOK_SECRET: 'reliability-secret',
    }),
  })
}

async function texts(driver: Parameters<typeof botMessages>[0], chatId: number): Promise<string[]> {
  return (await botMessages(driver, chatId, 0)).map(({ text }) => text)
}
