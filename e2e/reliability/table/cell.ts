import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBotApiEmulator } from '@pluggram/bot-api-emulator'
import type { BotApiEmulator, EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { startProgram } from '../../support/program.ts'
import type { Program } from '../../support/program.ts'
import { startObedientModel, toolResults } from '../../support/obedient-model.ts'
import type { ModelAct, ModelRequest, ObedientModel } from '../../support/obedient-model.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import type { SmallDisk } from '../support/small-disk.ts'
import { createBenchHome } from './bench-home.ts'
import { openHeldWork } from './held-work.ts'
import type { HeldWork } from './held-work.ts'

/** Each `SIGUSR2` moves the clock: a day ahead, a day back, and right again. */
const CLOCK = `
const Real = Date, steps = [86400000, -86400000, 0]
let offset = 0
process.on('SIGUSR2', () => { offset = steps.shift() ?? 0 })
globalThis.Date = class Date extends Real {
  constructor(...given) { if (given.length === 0) super(Real.now() + offset); else super(...given) }
  static now() { return Real.now() + offset }
}`

export interface CellOptions {
  readonly hasClock: boolean
  /** Whether the data folder is a small disk of its own. */
  readonly isOnSmallDisk: boolean
}

/** One assistant with everything around it, in one state and under one fault. */
export class Cell {
  readonly home: string
  readonly emulator: BotApiEmulator
  readonly work: HeldWork
  readonly disk: SmallDisk | undefined
  readonly #model: ObedientModel
  #program: Program | undefined
  #isModelHeld = false
  #areSummariesHeld = false
  #isModelHung = false
  #modelGate = Promise.withResolvers<void>()
  readonly modelAsked: ModelRequest[]

  private constructor(
    parts: Pick<Cell, 'home' | 'emulator' | 'work' | 'disk'>,
    begin: (act: (request: ModelRequest) => Promise<ModelAct>) => ObedientModel,
  ) {
    this.home = parts.home
    this.emulator = parts.emulator
    this.work = parts.work
    this.disk = parts.disk
    this.#model = begin((request) => this.#act(request))
    this.modelAsked = this.#model.requests
  }

  static async open({ hasClock, isOnSmallDisk }: CellOptions): Promise<Cell> {
    const work = await openHeldWork()
    const home = await createBenchHome(work.url, hasClock)
    const disk = isOnSmallDisk ? await mountSmallDisk(join(home, 'data'), 16) : undefined
    const emulator = await createBotApiEmulator()
    let act: ((request: ModelRequest) => Promise<ModelAct>) | undefined
    const model = await startObedientModel((request) => act?.(request) ?? { text: '' })
    return new Cell({ home, emulator, work, disk }, (given) => {
      act = given
      return model
    })
  }

  get program(): Program {
    if (!this.#program) throw new Error('the assistant was not started')
    return this.#program
  }

  /** Starts the assistant; resolves at once. */
  launch(): void {
    this.#program = startProgram('apps/assistant/src/main.ts', ['start'], {
      environment: {
        PLUGGRAM_HOME: this.home,
        PORT: '0',
        TELEGRAM_BOT_TOKEN: this.emulator.token,
        TELEGRAM_API_ROOT: this.emulator.url,
        OPENAI_BASE_URL: this.#model.url,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CLOCK)}`,
      },
    })
  }

  async start(): Promise<void> {
    this.launch()
    await this.whenReady(120_000)
  }

  async whenReady(milliseconds: number): Promise<void> {
    await this.until('ready', async () => (await this.#readiness()).status === 200, milliseconds)
  }

  /** Resolves when no send is in flight. */
  async whenSent(): Promise<void> {
    await this.until('all sent', async () => {
      const { components } = (await (await this.#readiness()).json()) as {
        components: { pipeline: { unsent: number } }
      }
      return components.pipeline.unsent === 0
    })
  }

  async #readiness(): Promise<Response> {
    const [, url = ''] = await this.program.waitFor(/(http:\/\/\S+?)\/login\?token=/, 60_000)
    return fetch(`${url}/readyz`)
  }

  person(): EmulatedUser {
    return this.emulator.driver.createUser({ firstName: 'Ada', languageCode: 'en' })
  }

  say({ id }: EmulatedUser, text: string, chatId = id): void {
    this.emulator.driver.sendMessage(chatId, { userId: id, text })
  }

  /** The bot's messages in a chat. */
  shown(chatId: number): TranscriptMessage[] {
    return this.emulator.driver.transcript(chatId).filter(({ fromBot }) => fromBot)
  }

  /** Waits for something that must happen. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
    const end = performance.now() + milliseconds
    while (!(await Promise.resolve(isSo()).catch(() => false))) {
      if (performance.now() > end) throw new Error(`not within ${milliseconds / 1_000} s: ${what}`)
      await sleep(50)
    }
  }

  /** The last warnings and errors in the log. */
  problems(): string {
    const lines = (this.#program?.output() ?? '').split('\n')
    return lines
      .filter((line) => /"level":"(warn|error|fatal)"/.test(line))
      .slice(-5)
      .map((line) => line.slice(0, 400))
      .join(' ')
  }

  /** Lets the model begin no answer, and end none that streams, until `releaseModel`. */
  holdModel(): void {
    this.#closeModelGate()
    this.#isModelHeld = true
  }

  /** The same for summaries only. */
  holdSummaries(): void {
    this.#closeModelGate()
    this.#areSummariesHeld = true
  }

  /** The model says nothing more, not even in answers that have begun, until `releaseModel`. */
  hangModel(): void {
    this.#closeModelGate()
    this.#isModelHung = true
  }

  releaseModel(): void {
    this.#isModelHeld = false
    this.#isModelHung = false
    this.#areSummariesHeld = false
    this.#modelGate.resolve()
  }

  /** A gate that is closed stays: requests wait at it. */
  #closeModelGate(): void {
    const isClosed = this.#isModelHeld || this.#areSummariesHeld || this.#isModelHung
    if (!isClosed) this.#modelGate = Promise.withResolvers()
  }

  /** The processes of the assistant's plugins. */
  async pluginProcesses(): Promise<number[]> {
    const { pid } = this.program
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
    return children.trim().split(/\s+/).filter(Boolean).map(Number)
  }

  async close(): Promise<void> {
    this.releaseModel()
    await this.#program?.stop('SIGKILL')
    await this.work.close()
    await this.emulator.close()
    await this.#model.close()
    await this.disk?.unmount()
  }

  async #act(request: ModelRequest): Promise<ModelAct> {
    const asked = String(request.messages.findLast(({ role }) => role === 'user')?.content)
    if (this.#isModelHung) await this.#modelGate.promise
    if (asked.includes('stream')) return { text: this.#stream() }
    const isHeld = isSummary(request) ? this.#areSummariesHeld : this.#isModelHeld
    if (isHeld) await this.#modelGate.promise
    const results = toolResults(request)
    if (results.length > 0) return { text: `It gave: ${results.join(' ')}` }
    const [, name, to] = /\b(post|order) to (\w+)/.exec(asked) ?? []
    if (name !== undefined) return { calls: [{ name: `bench__${name}`, args: { to } }] }
    return { text: 'Well said.' }
  }

  async *#stream(): AsyncGenerator<string> {
    while (this.#isModelHeld) {
      if (this.#isModelHung) await this.#modelGate.promise
      yield 'going on '
      await sleep(100)
    }
    yield 'to the end.'
  }
}

/** Whether the request asks for the summary of a conversation. */
export function isSummary({ messages }: ModelRequest): boolean {
  return messages.some(({ role, content }) => role === 'system' && String(content).includes('sum up'))
}
