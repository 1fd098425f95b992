import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterEach, expect, test } from 'vitest'
import { canMount, mountSmallDisk } from './reliability/support/small-disk.ts'
import type { SmallDisk } from './reliability/support/small-disk.ts'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ModelRequest, ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []
const disks: SmallDisk[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  for (const disk of disks.splice(0)) await disk.unmount()
  await removeHomes()
})

interface Stage {
  readonly home: string
  readonly driver: Session
  readonly ada: EmulatedUser
  /** Resolves when the model has the request; the answer comes when the returned function is called. */
  nextRequest(): Promise<{ readonly request: ModelRequest; answer(text: string): void }>
  start(): Promise<RunningAssistant>
}

/** A home whose budget is counted, and a model that answers when it is told to. */
async function setUp(prepare: (home: string) => Promise<void> = async () => {}): Promise<Stage> {
  const arrived: ((asked: { request: ModelRequest; answer(text: string): void }) => void)[] = []
  const model = await startObedientModel(
    (request) =>
      new Promise((resolve) => arrived.shift()?.({ request, answer: (text: string) => resolve({ text }) })),
  )
  models.push(model)
  const { url, driver } = await startEmulator()
  const home = await createHome({
    'config.json': { ai: { budgets: { overall: { day: { tokens: 1_000_000 } } } } },
  })
  await prepare(home)
  return {
    home,
    driver,
    ada: await createPerson(driver),
    nextRequest: () => new Promise((resolve) => arrived.push(resolve)),
    start: () =>
      startAssistant(home, {
        OPENAI_BASE_URL: model.url,
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: url,
      }),
  }
}

const ANSWER = 'It is the whole answer.'

/** What an assistant must show and remember, although it could not write when its model was done. */
async function expectWholeAnswer({ driver, ada, nextRequest }: Stage): Promise<void> {
  expect((await botMessages(driver, ada.id)).map(({ text }) => text)).toEqual([ANSWER])
  // it is remembered as soon as the database can be written
  for (let tries = 1; ; tries++) {
    const asked = nextRequest()
    await write(driver, ada, 'And now?')
    const { request, answer } = await asked
    answer('Now this.')
    await botMessages(driver, ada.id, 1 + tries)
    if (JSON.stringify(request.messages).includes(ANSWER)) return
    expect(tries, 'the answer was not remembered').toBeLessThan(10)
    await sleep(500)
  }
}

/** The tokens that the budget counts for today, as they are on disk. */
function tokensCounted(home: string): number {
  const database = new DatabaseSync(join(home, 'data', 'pluggram.db'), { readOnly: true })
  const row = database
    .prepare("SELECT sum(tokens) AS tokens FROM ai_usage WHERE scope = 'overall' AND length(period) = 10")
    .get()
  database.close()
  return Number(row?.tokens)
}

/** The longest answer that a budget reserves for, in tokens; far more than what is used here. */
const RESERVED_OUTPUT = 4_096

test('a locked database neither breaks an answer nor holds others up, and a killed call counts what is known', async () => {
  const stage = await setUp()
  const { home, driver, ada, nextRequest } = stage
  const assistant = await stage.start()
  const asked = nextRequest()
  await write(driver, ada, 'Is it?')
  const { answer } = await asked
  // the assistant may be writing at this moment
  const other = new DatabaseSync(join(home, 'data', 'pluggram.db'), { timeout: 30_000 })
  other.exec('BEGIN IMMEDIATE')
  const unlocked = new AbortController()
  const waits: number[] = []
  const watching = (async () => {
    while (!unlocked.signal.aborted) {
      const since = performance.now()
      await fetch(`${assistant.url}/healthz`)
      waits.push(performance.now() - since)
      await sleep(50)
    }
  })()
  answer(ANSWER)
  await assistant.waitFor(/cannot write to the database/)
  unlocked.abort()
  other.exec('ROLLBACK')
  other.close()
  await watching
  await expectWholeAnswer(stage)
  // each synchronous wait for the lock took five seconds
  expect(Math.max(...waits)).toBeLessThan(4_000)

  const killed = nextRequest()
  await write(driver, ada, 'And this?')
  await killed
  const shown = await botMessages(driver, ada.id)
  await assistant.stop('SIGKILL')
  const again = nextRequest()
  await stage.start()
  const { answer: answerAgain } = await again
  answerAgain('This.')
  await botMessages(driver, ada.id, shown.length + 1)
  const counted = tokensCounted(home)
  expect(counted).toBeGreaterThan(0)
  expect(counted).toBeLessThan(RESERVED_OUTPUT)
})

test('a full disk breaks no answer', async ({ skip }) => {
  if (!(await canMount())) skip('only root can mount a small disk, and not in every container')
  let disk: SmallDisk | undefined
  const stage = await setUp(async (home) => {
    disk = await mountSmallDisk(join(home, 'data'), 2)
    disks.push(disk)
  })
  const { home, driver, ada, nextRequest } = stage
  const assistant = await stage.start()
  const asked = nextRequest()
  await write(driver, ada, 'Is it?')
  const { answer } = await asked
  await disk?.fill()
  answer(ANSWER)
  await assistant.waitFor(/cannot write to the database/)
  await disk?.free()
  await expectWholeAnswer(stage)
  await expect.poll(() => tokensCounted(home)).toBeLessThan(RESERVED_OUTPUT)
})
