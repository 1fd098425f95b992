import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLong } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { ask, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import { createBareHome, removeHomes } from '../support/home.ts'
import { startObedientModel } from '../support/obedient-model.ts'
import { startProgram, stopAllPrograms } from '../support/program.ts'

const CONTROLLER = '/sys/fs/cgroup/memory'
const LIMIT_MB = 512
const PEOPLE = 40

const problem =
  process.getuid?.() === 0 && existsSync(join(CONTROLLER, 'memory.limit_in_bytes'))
    ? undefined
    : 'memory cannot be limited here'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const WEATHER = `
export default class Weather {
  async processMessage(message) {
    return message.startsWith('weather') ? { success: true, response: 'Sunny. '.repeat(200) } : undefined
  }
}
`

/** A folder of the kernel that limits the memory of the processes in it. */
function limitMemory(pid: number): { readonly read: (name: string) => string; remove(): void } {
  const folder = join(CONTROLLER, `pluggram-test-${pid}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'memory.limit_in_bytes'), String(LIMIT_MB * 1_048_576))
  writeFileSync(join(folder, 'cgroup.procs'), String(pid))
  return {
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    remove: () => rmdirSync(folder),
  }
}

test.skipIf(problem !== undefined || !isLong)(
  'the assistant, its default plugins and one in a process of its own work with 512 MB for all of them',
  async () => {
    const { url, driver } = await startEmulator()
    const model = await startObedientModel(() => ({ text: 'A sentence of the answer. '.repeat(100) }))
    const home = await createBareHome({
      'plugins/weather.js': WEATHER,
      'config.json': { access: { mode: 'everyone' }, plugins: { weather: { enabled: true } } },
    })
    const assistant = startProgram('apps/assistant/bin/pluggram.js', ['start'], {
      environment: {
        PLUGGRAM_HOME: home,
        PORT: '0',
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: url,
        OPENAI_BASE_URL: model.url,
      },
    })
    const group = limitMemory(assistant.pid)
    await assistant.waitFor(/login\?token=/)
    const used = (): number =>
      Math.round(Number(/^total_rss (\d+)/m.exec(group.read('memory.stat'))?.[1]) / 1_048_576)
    const idle = used()
    let most = idle
    const watching = setInterval(() => (most = Math.max(most, used())), 100)
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => createPerson(driver)))
    for (let round = 1; round <= 5; round += 1) {
      await Promise.all(
        people.map(async (person) => {
          await ask(driver, person, `weather in round ${round}`)
          await ask(driver, person, 'Tell me a story')
          await ask(driver, person, '/roll 2d6')
          await ask(driver, person, `/remind in ${round} days call Ann`)
        }),
      )
    }
    clearInterval(watching)
    console.log(`at rest ${idle} MB, at most ${most} MB of ${LIMIT_MB} MB`)
    expect(most).toBeGreaterThan(idle)
    expect(group.read('memory.oom_control')).toMatch(/^oom_kill 0$/m)
    expect(await assistant.stop()).toBe(0)
    await model.close()
    group.remove()
  },
)
