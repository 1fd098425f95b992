/** One error code's row in the table. */
interface ErrorRow {
  /** The class of errors with this code, both inline and across the process border. */
  readonly class:
    | 'AiError'
    | 'DatabaseError'
    | 'DeliveryError'
    | 'LimitError'
    | 'MetricError'
    | 'PermissionError'
    | 'PluggramError'
    | 'ScheduleError'
    | 'StoreError'
  /** The default of `isRetryable` for this code. Default false. */
  readonly isRetryable?: boolean
  /** What happened, for docs/reference/errors.md. */
  readonly meaning: string
  /** What to do about it, for the same page. */
  readonly remedy: string
}

/**
 * Every error code of Pluggram. Codes are never reused. The class constructors, the decoding of
 * errors from other processes and docs/reference/errors.md are derived from this table. `npm run
 * generate -w @pluggram/sdk` writes the page.
 */
export const ERRORS = {
  'ai-unavailable': {
    class: 'AiError',
    meaning: "The model's server could not be reached, broke off, or answered with a fault.",
    remedy: 'Wait and try again; check `ai.base_url` and the server.',
  },
  'ai-overloaded': {
    class: 'AiError',
    meaning: "The model's provider takes no more requests for now (HTTP 429).",
    remedy: 'Wait a minute and try again; see the limits of the account.',
  },
  'ai-empty': {
    class: 'AiError',
    meaning: 'The model ended its answer without a word.',
    remedy: 'Try again, or in other words.',
  },
  'ai-refused': {
    class: 'AiError',
    meaning: "The model's server refused the request.",
    remedy: 'Try other words; choose another model.',
  },
  'ai-file-refused': {
    class: 'AiError',
    meaning: "The model's server refused a picture or a file of the request.",
    remedy: 'Ask again without it; send another format, or choose a model that takes it.',
  },
  'ai-too-long': {
    class: 'AiError',
    meaning: 'The conversation is longer than the model takes.',
    remedy: 'Start a new one with `/new`; choose another model, or lower `history_tokens`.',
  },
  'ai-filtered': {
    class: 'AiError',
    meaning: "The provider's content filter stopped the answer.",
    remedy: 'Try other words; choose another model.',
  },
  'ai-timeout': {
    class: 'AiError',
    meaning: 'The model was silent for longer than `ai.timeouts` allows.',
    remedy: 'Try again; raise the limit in config.json.',
  },
  'ai-busy': {
    class: 'AiError',
    meaning: 'One user, or all together, have too many requests to the model under way.',
    remedy: 'Wait for the others; raise `ai.concurrency`.',
  },
  'ai-limit': {
    class: 'AiError',
    meaning: 'A budget of `ai.budgets` is used up.',
    remedy: 'Wait until it resets, or raise it in config.json.',
  },
  'ai-misconfigured': {
    class: 'AiError',
    meaning:
      'A key is missing or wrong, the account has no credit left, or `ai.model` names nothing that exists.',
    remedy: 'Follow the message: it names the variable or key.',
  },
  'ai-unowned': {
    class: 'AiError',
    meaning: 'Nobody owns the assistant yet, and the model costs money.',
    remedy: 'Become the owner with the code that the terminal shows, or use a local model.',
  },
  'cache-limit': {
    class: 'LimitError',
    isRetryable: true,
    meaning: "A key or value is too large for a plugin's cache, or cannot be copied.",
    remedy: 'Cache less, or smaller parts.',
  },
  'command-failed': {
    class: 'PluggramError',
    meaning: 'A command could not reach the running assistant, or cannot be done as asked.',
    remedy: 'Follow the message.',
  },
  'config-invalid': {
    class: 'PluggramError',
    meaning: 'config.json, plugins_config.json, .env or the environment holds something unusable.',
    remedy: 'Each problem comes with file, line and what was expected.',
  },
  'config-secret': {
    class: 'PluggramError',
    meaning: 'Somebody wrote a secret into a chat, to set it.',
    remedy: 'Delete the message, have a new secret issued, and write that into `.env`.',
  },
  'database-limit': {
    class: 'DatabaseError',
    meaning: "A result, a value or the plugin's tables are larger than allowed, or too many queries wait.",
    remedy: 'Ask for less: `LIMIT`, fewer columns; delete what is old.',
  },
  'database-query-failed': {
    class: 'DatabaseError',
    meaning: 'The database refused a statement, or the statement may not be used here.',
    remedy: "The message holds the database's words; correct the statement.",
  },
  'database-timeout': {
    class: 'DatabaseError',
    meaning: 'A query took longer than its limit and was ended.',
    remedy: 'Use an index, or ask for less.',
  },
  'database-unavailable': {
    class: 'DatabaseError',
    meaning: 'A database is not configured, cannot be reached, or refuses the connection.',
    remedy: 'Check `databases.NAME` in config.json and the server; the password is never shown.',
  },
  'delivery-failed': {
    class: 'DeliveryError',
    meaning: 'Telegram did not take a message, or a file could not be read.',
    remedy: 'See the log, and [what Telegram refuses](refusals.md); a file to read may be over 20 MB.',
  },
  'delivery-blocked': {
    class: 'DeliveryError',
    meaning: 'The user blocked the bot, it was removed from the chat, or the chat is gone.',
    remedy: 'Nothing; the chat is left alone.',
  },
  'delivery-limit': {
    class: 'DeliveryError',
    meaning: '5,000 messages that a plugin sent without being asked wait already.',
    remedy: 'Wait until some are sent: `await services.telegram.send(…)`.',
  },
  'message-not-own': {
    class: 'DeliveryError',
    meaning: 'A plugin edits, deletes or pins a message that it did not send, or sent over 90 days ago.',
    remedy: 'Keep the ids of your own messages, and change only those.',
  },
  'metric-invalid': {
    class: 'MetricError',
    meaning:
      'A plugin registered a metric with an unusable name, label or bucket, or a second time with another kind.',
    remedy: 'Correct the plugin: the message says what was wrong.',
  },
  'network-failed': {
    class: 'PluggramError',
    meaning: "A plugin's request to another server got no answer, or one that is too large.",
    remedy: 'Try again later; see the message for the host.',
  },
  'network-limited': {
    class: 'LimitError',
    isRetryable: true,
    meaning: 'A plugin asks one host more often than is allowed.',
    remedy: 'Wait `retryAfterSeconds`; ask less often, cache answers.',
  },
  'network-open': {
    class: 'LimitError',
    isRetryable: true,
    meaning: 'A host failed again and again, so it is left alone for a while.',
    remedy: 'Wait `retryAfterSeconds`; see whether the host is up.',
  },
  'permission-missing': {
    class: 'PermissionError',
    meaning: 'A plugin used something that its manifest does not ask for or its owner did not grant.',
    remedy: "Add the permission to the plugin's manifest; the owner grants it.",
  },
  'plugin-config-invalid': {
    class: 'PluggramError',
    meaning: "A plugin's block in config.json does not fit its schema.",
    remedy: 'Correct the keys that are listed.',
  },
  'plugin-crashed': {
    class: 'PluggramError',
    meaning:
      "A plugin's process ended, was stopped because it hung or used too much memory, or is parked after three crashes in five minutes.",
    remedy: 'See the log; correct the plugin, or run `pluggram plugins restart NAME`.',
  },
  'plugin-duplicate': {
    class: 'PluggramError',
    meaning: 'Two plugins have one name.',
    remedy: 'Rename or remove one of the two files.',
  },
  'plugin-load-failed': {
    class: 'PluggramError',
    meaning: "A plugin's file could not be imported.",
    remedy: 'Correct the file at the line given; install what it imports.',
  },
  'plugin-manifest-invalid': {
    class: 'PluggramError',
    meaning: "A plugin's manifest or default export is not what the contract asks for.",
    remedy: 'See docs/guides/plugin-development.md.',
  },
  'plugin-not-granted': {
    class: 'PluggramError',
    meaning: 'A plugin asks for more than its owner granted, so it is not started.',
    remedy: 'Look at what it asks, then run `pluggram plugins grant NAME --yes`.',
  },
  'plugin-not-found': {
    class: 'PluggramError',
    meaning: 'A plugin is named that does not exist.',
    remedy: 'Check the spelling against `pluggram plugins`.',
  },
  'plugin-start-failed': {
    class: 'PluggramError',
    meaning: "A plugin's constructor or `setup` threw, or did not finish in time.",
    remedy: 'See the message and the log; correct the plugin.',
  },
  'plugin-timeout': {
    class: 'PluggramError',
    meaning: 'A plugin did not answer in time.',
    remedy: 'Raise `limits.plugin_timeout_seconds`, or make the plugin faster.',
  },
  'queue-full': {
    class: 'LimitError',
    isRetryable: true,
    meaning: "Too many jobs wait in a plugin's queue, or it has too many queues.",
    remedy: 'Try again later; wait with `whenRoomy`.',
  },
  'queue-timeout': {
    class: 'LimitError',
    isRetryable: true,
    meaning: 'A job took longer than its queue allows, or the plugin stopped before its turn.',
    remedy: 'Make the job faster, or raise `timeoutSeconds`.',
  },
  'rate-limited': {
    class: 'LimitError',
    isRetryable: true,
    meaning: "Something happens more often than a plugin's rule allows.",
    remedy: 'Wait `retryAfterSeconds`.',
  },
  'reply-invalid': {
    class: 'DeliveryError',
    meaning: 'A plugin answered with something that cannot be sent.',
    remedy: 'Correct the plugin: the message says what was wrong.',
  },
  'schedule-invalid': {
    class: 'ScheduleError',
    meaning:
      "A schedule's expression, time zone, interval, name or data cannot be used, or a plugin has too many schedules.",
    remedy: 'The message says which; correct it, or cancel schedules that are no longer needed.',
  },
  'startup-failed': {
    class: 'PluggramError',
    meaning: 'The assistant could not start.',
    remedy: 'Follow the message.',
  },
  'store-limit': {
    class: 'StoreError',
    meaning: 'A key or value is too large for the store, or is not JSON.',
    remedy: 'Store less, or split it over several keys.',
  },
  'tool-arguments-invalid': {
    class: 'PluggramError',
    meaning: 'A tool was called with arguments that do not fit its schema.',
    remedy: 'The model reads what is wrong and tries again; correct the schema if it is too narrow.',
  },
  'tool-not-found': {
    class: 'PluggramError',
    meaning: 'A tool is named that does not exist, or whose plugin does not run.',
    remedy: "Check the spelling against the tool's plugin in `pluggram plugins`.",
  },
  'tool-refused': {
    class: 'PluggramError',
    meaning: 'Somebody may not use a tool, or a call was not approved.',
    remedy: 'See [tools](../guides/tools-and-mcp.md): roles, approvals, `ai.tools.granted`.',
  },
} as const satisfies Readonly<Record<string, ErrorRow>>

export type ErrorCode = keyof typeof ERRORS

export type ErrorClass = ErrorRow['class']

/** The codes of a class. */
export type CodeOf<Class extends ErrorClass> = {
  [Code in ErrorCode]: (typeof ERRORS)[Code]['class'] extends Class ? Code : never
}[ErrorCode]

/** Every code, in the order of the reference. */
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[]

/**
 * The default of `isRetryable` for a code. A plugin in plain JavaScript may pass an unknown code.
 */
export function isRetryableByDefault(code: ErrorCode): boolean {
  const row: ErrorRow | undefined = ERRORS[code]
  return row?.isRetryable ?? false
}
