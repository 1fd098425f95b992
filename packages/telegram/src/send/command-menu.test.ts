import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTelegramApi } from '../api/api.ts'
import { createCommandMenu } from './command-menu.ts'
import type { CommandMenu } from './command-menu.ts'
import { callsOf, createRecordingLogger, QUICK, startEmulatedTelegram } from '../test-support.ts'
import type { EmulatedTelegram } from '../test-support.ts'

let telegram: EmulatedTelegram
let menu: CommandMenu

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  menu = createCommandMenu({ api: telegram.api, logger: telegram.logger, backoff: QUICK })
})

afterEach(async () => {
  menu.stop()
  await telegram.close()
})

const shown = (): readonly { command: string; description: string }[] =>
  telegram.emulator.driver.state().commands
const writes = (): number =>
  callsOf(telegram.emulator, 'setMyCommands').length + callsOf(telegram.emulator, 'deleteMyCommands').length

describe('createCommandMenu', () => {
  it('writes the menu only when it differs', async () => {
    const commands = [{ name: 'roll', description: 'Rolls dice' }]
    await menu.sync(commands)
    await menu.sync(commands)
    expect(shown()).toEqual([{ command: 'roll', description: 'Rolls dice' }])
    expect(writes()).toBe(1)
    await menu.sync([])
    await menu.sync([])
    expect(shown()).toEqual([])
    expect(writes()).toBe(2)
  })

  it('leaves out what Telegram would refuse, with one warning', async () => {
    const commands = [
      { name: 'Bad Name', description: 'x' },
      { name: 'fine', description: 'y'.repeat(300) },
      { name: 'fine', description: 'twice' },
      { name: 'wordless', description: ' ' },
      ...Array.from({ length: 120 }, (_, index) => ({ name: `c${index}`, description: 'z' })),
    ]
    await menu.sync(commands)
    await menu.sync(commands)
    expect(shown().length).toBe(100)
    expect(shown()[0]!.description.length).toBe(256)
    expect(shown()[1]).toEqual({ command: 'wordless', description: 'wordless' })
    expect(telegram.logger.lines.filter(({ level }) => level === 'warn').length).toBe(1)
  })

  it('makes one write of many changes, and waits out a 429', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'getMyCommands' })
    const started = performance.now()
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => menu.sync([{ name: `c${index}`, description: 'd' }])),
    )
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
    expect(shown()).toEqual([{ command: 'c9', description: 'd' }])
    expect(writes()).toBeLessThanOrEqual(2)
  })

  it('never throws', async () => {
    const logger = createRecordingLogger()
    const api = createTelegramApi({ token: '1:abc', apiRoot: 'http://127.0.0.1:9' })
    const lost = createCommandMenu({ api, logger, backoff: QUICK, tries: 2 })
    await lost.sync([{ name: 'a', description: 'b' }])
    expect(logger.lines).toMatchObject([{ level: 'warn' }])
    lost.stop()
    await lost.sync([{ name: 'a', description: 'b' }])
  })
})
