import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTelegramApi } from '../api/api.ts'
import { createCommandMenu } from './command-menu.ts'
import type { CommandMenu, Menu } from './command-menu.ts'
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

const everywhere = (commands: Menu['commands']): Menu[] => [{ scope: { type: 'default' }, commands }]
const shown = (): readonly { command: string; description: string }[] =>
  telegram.emulator.driver.state().commands
const writes = (): number =>
  callsOf(telegram.emulator, 'setMyCommands').length + callsOf(telegram.emulator, 'deleteMyCommands').length

describe('createCommandMenu', () => {
  it('writes the menu only when it differs', async () => {
    const commands = [{ name: 'roll', description: 'Rolls dice' }]
    await menu.sync(everywhere(commands))
    await menu.sync(everywhere(commands))
    expect(shown()).toEqual([{ command: 'roll', description: 'Rolls dice' }])
    expect(writes()).toBe(1)
    await menu.sync(everywhere([]))
    await menu.sync(everywhere([]))
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
    await menu.sync(everywhere(commands))
    await menu.sync(everywhere(commands))
    expect(shown().length).toBe(100)
    expect(shown()[0]!.description.length).toBe(256)
    expect(shown()[1]).toEqual({ command: 'wordless', description: 'wordless' })
    expect(telegram.logger.lines.filter(({ level }) => level === 'warn').length).toBe(1)
  })

  it('shows each scope and language its own, and takes back what is gone', async () => {
    const roll = { name: 'roll', description: 'Rolls dice' }
    const secret = { name: 'secret', description: 'For the owner' }
    const owner = { type: 'chat', chat_id: 5_000_000_777 } as const
    await menu.sync([
      ...everywhere([roll]),
      { scope: { type: 'default' }, language: 'de', commands: [{ ...roll, description: 'Würfelt' }] },
      { scope: owner, commands: [roll, secret] },
    ])
    const read = async (scope: Menu['scope'], language_code?: 'de'): Promise<string[]> =>
      (await telegram.api.getMyCommands({ scope, ...(language_code && { language_code }) })).map(
        ({ description }) => description,
      )
    expect(await read({ type: 'default' })).toEqual(['Rolls dice'])
    expect(await read({ type: 'default' }, 'de')).toEqual(['Würfelt'])
    expect(await read(owner)).toEqual(['Rolls dice', 'For the owner'])
    const before = writes()
    await menu.sync(everywhere([roll]))
    expect(writes()).toBe(before + 2)
    expect([await read(owner), await read({ type: 'default' }, 'de')]).toEqual([[], []])
    expect(await read({ type: 'default' })).toEqual(['Rolls dice'])
  })

  it('makes one write of many changes, and waits out a 429', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'getMyCommands' })
    const started = performance.now()
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        menu.sync(everywhere([{ name: `c${index}`, description: 'd' }])),
      ),
    )
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
    expect(shown()).toEqual([{ command: 'c9', description: 'd' }])
    expect(writes()).toBeLessThanOrEqual(2)
  })

  it('never throws', async () => {
    const logger = createRecordingLogger()
    const api = createTelegramApi({ token: '1:abc', apiRoot: 'http://127.0.0.1:9' })
    const lost = createCommandMenu({ api, logger, backoff: QUICK, tries: 2 })
    await lost.sync(everywhere([{ name: 'a', description: 'b' }]))
    expect(logger.lines).toMatchObject([{ level: 'warn' }])
    lost.stop()
    await lost.sync(everywhere([{ name: 'a', description: 'b' }]))
  })
})
