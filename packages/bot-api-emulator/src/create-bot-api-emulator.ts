import { BotProfile } from './bot-profile.ts'
import { CallJournal } from './call-journal.ts'
import { callMethod } from './call-method.ts'
import { CallbackQueries } from './callback-queries.ts'
import { createControl } from './control.ts'
import type { EmulatedUser } from './drive-types.ts'
import { EmulatorDriver } from './driver.ts'
import type { Emulation } from './emulation.ts'
import type { BotApiEmulator } from './emulator.ts'
import { fetchFile, refuseToFetch } from './fetch-file.ts'
import { FaultInjector } from './faults.ts'
import { createServer } from './http/server.ts'
import { MethodRegistry } from './method-registry.ts'
import { allMethods } from './methods/all-methods.ts'
import { answerByExample } from './methods/example-result.ts'
import type { BotApiEmulatorOptions, EmulatorLogger } from './options.ts'
import { botIdOfToken, randomToken } from './options.ts'
import { loadState, readState, saveState } from './saved-state.ts'
import { UpdateQueue } from './update-queue.ts'
import { Validator } from './validator.ts'
import { WebhookDelivery } from './webhook-delivery.ts'
import { EventHub } from './world/event-hub.ts'
import { FileStore } from './world/file-store.ts'
import { World } from './world/world.ts'

const SILENT: EmulatorLogger = { debug: () => undefined, warn: () => undefined }

/**
 * Starts a Bot API on loopback that Telegram libraries can use in place of Telegram.
 * @throws Error if `state` was not created by `saveState` of this release
 *
 * @example
 * const emulator = await createBotApiEmulator()
 * const bot = new Bot(emulator.token, { client: { apiRoot: emulator.url } })
 * const ada = emulator.driver.createUser({ firstName: 'Ada' })
 * emulator.driver.sendMessage(ada.id, { userId: ada.id, text: '/start' })
 */
export async function createBotApiEmulator(options: BotApiEmulatorOptions = {}): Promise<BotApiEmulator> {
  const saved = options.state && readState(options.state)
  const token = options.token ?? saved?.token ?? randomToken()
  const bot: EmulatedUser = {
    id: botIdOfToken(token),
    isBot: true,
    firstName: options.bot?.firstName ?? 'Emulated Bot',
    username: options.bot?.username ?? 'emulated_bot',
  }
  const logger = options.logger ?? SILENT
  const registry = new MethodRegistry(allMethods, answerByExample)
  const emulation = createEmulation({ bot, token }, options, logger, registry)
  if (saved) loadState(saved, emulation)
  const driver = new EmulatorDriver(emulation)
  const control = createControl(emulation)

  const server = await createServer({
    emulation,
    registry,
    logger,
    driver: options.driverRoutes === false ? undefined : { driver, control },
  })
  const url = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 })

  let closing: Promise<void> | undefined
  return {
    url,
    get token() {
      return emulation.token
    },
    bot,
    driver,
    control,
    faults: emulation.faults,
    calls: () => emulation.journal.list(),
    saveState: () => saveState(emulation),
    close: () => (closing ??= server.close()),
  }
}

function createEmulation(
  { bot, token }: Pick<Emulation, 'bot' | 'token'>,
  options: BotApiEmulatorOptions,
  logger: EmulatorLogger,
  registry: MethodRegistry,
): Emulation {
  const updates = new UpdateQueue()
  const events = new EventHub((error) => logger.warn({ err: error }, 'an event listener threw'))
  const files = new FileStore(options.limits?.fileBytes ?? 512 * 1024 * 1024)
  const webhook = new WebhookDelivery({
    updates,
    logger,
    timing: {
      firstRetryMs: options.webhook?.firstRetryMs ?? 1000,
      maxRetryMs: options.webhook?.maxRetryMs ?? 60_000,
      timeoutMs: options.webhook?.timeoutMs ?? 60_000,
    },
    runReply: async ({ method, ...params }) => {
      const answer = await callMethod(emulation, registry, {
        method: String(method),
        params,
        uploads: new Map(),
        signal: AbortSignal.abort(),
      })
      if (answer.status !== 200) logger.warn({ answer: answer.body }, 'a call in a webhook answer failed')
    },
  })
  const emulation: Emulation = {
    token,
    bot,
    profile: new BotProfile(bot, options.bot?.groupPrivacy ?? false),
    world: new World({ bot, events, files, maxMessagesPerChat: options.limits?.messagesPerChat ?? 5000 }),
    updates,
    webhook,
    faults: new FaultInjector(),
    journal: new CallJournal(options.limits?.recordedCalls ?? 2000),
    validator: new Validator(),
    queries: new CallbackQueries(),
    fetchFile: options.fetchWebFiles === true ? fetchFile : refuseToFetch,
  }
  return emulation
}
