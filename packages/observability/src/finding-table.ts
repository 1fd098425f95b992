/** One kind of finding: a row of docs/reference/findings.md. */
export interface FindingRow {
  /** An `error` keeps something from working; a `warning` may do so later, or is unsafe. */
  readonly severity: 'warning' | 'error'
  /** What is wrong when it is found, for the reference. */
  readonly means: string
  /** `pluggram doctor --fix` can put it right, after it has shown what it will change. */
  readonly isFixable?: true
}

/** What the ids begin with, and what that part of the assistant is called. */
export const FINDING_AREAS = {
  home: 'the home',
  config: 'the configuration',
  secret: 'secrets',
  files: 'the rights of files',
  plugin: 'plugins',
  exposure: 'what is open to others',
  access: 'who may use the assistant',
  telegram: 'Telegram',
  model: 'the models',
  storage: 'the database and the disk',
  backup: 'backups',
  time: 'the clock',
  version: 'versions',
  resources: 'limits of the system',
  network: 'the network',
  flow: 'the flow of messages',
  loop: 'the event loop',
  traces: 'OpenTelemetry',
  alerts: 'alerts to owners',
  unchecked: 'what could not be checked',
} as const

/**
 * Every finding there is. Its id is stable: scripts, alerts and pages rely on it. Where there can be
 * several of a kind, a name follows: `plugin.parked:weather`.
 */
export const FINDINGS = {
  'home.missing': { severity: 'error', means: 'The home does not exist, or is not a folder.' },
  'home.read-only': { severity: 'error', means: 'The assistant cannot write to its home.' },
  'home.door-unusable': {
    severity: 'error',
    means: 'Commands cannot reach the assistant, because something else is in the place of its door.',
    isFixable: true,
  },

  'config.invalid': {
    severity: 'error',
    means:
      'A file or variable of the configuration has a mistake. The assistant, or one plugin, does not start with it.',
    isFixable: true,
  },
  'config.doubtful': {
    severity: 'warning',
    means: 'A key, switch, variable or line has no effect; mostly it is mistyped.',
    isFixable: true,
  },
  'config.quotes': {
    severity: 'warning',
    means:
      'A value in .env has a quote that belongs to the text, because it has no partner or is a typographic one.',
    isFixable: true,
  },

  'secret.weak': {
    severity: 'error',
    means:
      'A secret is an example from instructions, too easy to guess, or has quotes or blanks that do not belong to it.',
  },
  'secret.twice': {
    severity: 'warning',
    means: 'A secret is set in two places with different values, and only one of them counts.',
  },

  'files.secrets-open': {
    severity: 'warning',
    means: 'Other accounts of this machine can read a file that holds secrets.',
    isFixable: true,
  },
  'files.data-open': {
    severity: 'warning',
    means: 'Other accounts of this machine can look into the data folder.',
    isFixable: true,
  },

  'plugin.failed': {
    severity: 'error',
    means: 'A plugin that is on does not run, because it cannot be loaded or started.',
  },
  'plugin.waits-for-grant': {
    severity: 'error',
    means: 'A plugin that is on asks for permissions that its owner has not granted.',
  },
  'plugin.parked': { severity: 'error', means: 'A plugin crashed again and again, and was stopped.' },
  'plugin.errors': { severity: 'error', means: 'A plugin fails much more often than it usually does.' },
  'plugin.crashing': { severity: 'warning', means: 'A plugin crashed within the last five minutes.' },

  'exposure.no-password': {
    severity: 'error',
    means: 'Other machines can reach the pages, and there is no password.',
  },
  'exposure.plain-http': { severity: 'warning', means: 'Other machines reach the pages without encryption.' },
  'exposure.model-for-everyone': {
    severity: 'warning',
    means: 'Everybody may use a model that costs money, and no budget limits them.',
  },

  'access.no-owner': { severity: 'warning', means: 'Nobody owns the bot yet.' },

  'telegram.token-refused': { severity: 'error', means: 'Telegram does not know the bot token.' },
  'telegram.unreachable': { severity: 'error', means: 'Telegram does not answer.' },
  'telegram.webhook-foreign': {
    severity: 'warning',
    means: 'Telegram delivers messages to an address that this home does not name.',
  },
  'telegram.webhook-failing': {
    severity: 'error',
    means: 'Telegram cannot deliver messages to the address of the webhook.',
  },
  'telegram.privacy-mode': {
    severity: 'warning',
    means: 'The bot should answer everything in a group, but Telegram shows it only some messages.',
  },
  'telegram.group-unreachable': {
    severity: 'warning',
    means: 'The bot cannot read a group that may use it.',
  },

  'model.down': {
    severity: 'error',
    means: 'A model did not answer several requests in a row, or only its owner can make it answer.',
  },
  'model.misconfigured': {
    severity: 'error',
    means: 'A model cannot be used as it is configured, for example because it has no key.',
  },
  'model.key-refused': { severity: 'error', means: "The model's server refuses the key." },
  'model.unreachable': { severity: 'error', means: "The model's server does not answer." },
  'model.unknown': { severity: 'warning', means: 'The server does not list a model of that name.' },
  'model.budget-used': { severity: 'warning', means: 'A budget of the models is used up.' },
  'model.context-small': {
    severity: 'warning',
    means: 'A model takes too little text at once for a conversation with tools.',
  },

  'storage.damaged': { severity: 'error', means: 'The database, or its log, is damaged.' },
  'storage.newer': { severity: 'error', means: 'A newer release wrote the database.' },
  'storage.writable': { severity: 'error', means: 'The assistant cannot save messages.' },
  'storage.disk-low': { severity: 'warning', means: 'The disk of the home is nearly full.' },
  'storage.log-large': {
    severity: 'warning',
    means: 'The log of the database has grown, because something keeps it from being emptied.',
    isFixable: true,
  },
  'storage.slow': { severity: 'warning', means: 'The disk takes long to keep what is written.' },

  'backup.failed': { severity: 'error', means: 'The last backup failed.' },
  'backup.no-key': { severity: 'error', means: 'Backups are due, but nothing says how to encrypt them.' },
  'backup.old': { severity: 'warning', means: 'There is no recent backup.' },

  'time.skew': { severity: 'warning', means: 'The clock of this machine is wrong.' },
  'time.zone': { severity: 'warning', means: 'The variable TZ names no time zone, so times are in UTC.' },

  'version.node': {
    severity: 'error',
    means: 'Pluggram runs with a version of Node that it was not made for.',
  },

  'resources.open-files': { severity: 'warning', means: 'The system lets the assistant open too few files.' },
  'resources.memory': { severity: 'warning', means: 'The system gives the assistant too little memory.' },

  'network.dns': { severity: 'error', means: 'Names cannot be looked up.' },
  'network.proxy': { severity: 'error', means: 'A proxy cannot be used.' },

  'flow.receiving': { severity: 'error', means: 'No messages arrive from Telegram, or they arrive late.' },
  'flow.overloaded': { severity: 'warning', means: 'More messages arrive than can be worked on.' },
  'flow.sending': { severity: 'error', means: 'Messages wait, and none is sent, or only slowly.' },

  'loop.blocked': {
    severity: 'error',
    means: 'Code that computes without a pause, mostly a trusted plugin, kept everything else waiting.',
  },
  'alerts.nobody': { severity: 'warning', means: 'Nobody is told when something does not work.' },
  'alerts.undelivered': { severity: 'warning', means: 'The last alert could not be delivered to somebody.' },

  'traces.not-sent': {
    severity: 'warning',
    means: 'The OpenTelemetry collector takes no traces. Messages are answered all the same.',
  },

  unchecked: {
    severity: 'warning',
    means: 'Something could not be checked. It may be well or not; the finding says why.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>

type FindingName = keyof typeof FINDINGS
/** An id of the table, with a name where there can be several of a kind. */
export type FindingId = FindingName | `${FindingName}:${string}`

/** The row of an id. */
export function findingRow(id: FindingId): FindingRow {
  const [name = ''] = id.split(':', 1)
  return FINDINGS[name as FindingName]
}
