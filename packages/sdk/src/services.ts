import type { AiService } from './ai-service.ts'
import type { AssistantDirectory } from './assistant-directory.ts'
import type { EffectScope } from './effects.ts'
import type { DatabaseService } from './services/database.ts'
import type { TelegramService } from './services/telegram.ts'

/** Writes to the assistant's log; lines carry the plugin's name. Secrets of the configuration are masked. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** The plugin's own key-value store; it outlives restarts. Values are JSON. */
export interface Store {
  /** `undefined` when the key is absent or expired. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * @param options.ttlSeconds the value vanishes after that long; default: never
   * @throws StoreError when the key is empty or over 512 characters, or the value is no JSON or over 1 MiB
   */
  set(key: string, value: unknown, options?: { readonly ttlSeconds?: number }): Promise<void>
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>
}

/** The way to other servers. Needs `permissions: { network: [hosts] }` and the owner's consent. */
export interface HttpService {
  /**
   * As the web's `fetch`, which inside a plugin process is this very function. The answer is read whole before it is
   * given (20 MiB at most, within 30 s unless `init.signal` says less). GET, HEAD, PUT and DELETE are tried again when
   * the server is overloaded or the connection breaks.
   * @throws PermissionError when the host was not granted, or leads to an address inside the owner's network
   * @throws PluggramError `network-failed` when there is no answer
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

/** The plugin's own folder. Needs `permissions: { files: true }` and the owner's consent. */
export interface FilesService {
  /**
   * The absolute path of a folder that is the plugin's alone; read and write there with `node:fs`.
   * @throws PermissionError
   */
  folder(): Promise<string>
}

/** What every plugin receives. */
export interface Services {
  readonly logger: Logger
  readonly store: Store
  /** Needs `permissions: { ai: true }`; without it every call throws `PermissionError`. */
  readonly ai: AiService
  readonly assistant: AssistantDirectory
  readonly http: HttpService
  /** Needs `permissions: { database: true }`. */
  readonly database: DatabaseService
  readonly files: FilesService
  /** Messages without being asked, and granted methods of the Bot API. */
  readonly telegram: TelegramService
  /** What must be undone when the plugin stops. */
  readonly effects: EffectScope
  /** Reports an error you handled: it is logged with the plugin's name and your context. */
  captureException(error: unknown, context?: Readonly<Record<string, unknown>>): void
}
