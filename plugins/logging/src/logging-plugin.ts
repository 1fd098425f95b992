import { definePlugin, refusalFor, z } from '@pluggram/sdk'
import type { PluginDefinition, PluginResult } from '@pluggram/sdk'
import { Journal } from './journal.ts'
import type { JournalEntry } from './journal.ts'
import { TEXTS } from './texts.ts'

const config = z.object({
  retention_days: z
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe('Days after which an entry vanishes.'),
  keep_text: z
    .boolean()
    .default(true)
    .describe('Keep what was written and answered; without it only who, when and what came of it.'),
  max_characters: z.number().int().min(10).max(4_000).default(500).describe('Longer texts are cut.'),
})

const SHOWN = 10
const MOST_SHOWN = 50
/** Telegram accepts documents of up to 50 MB from bots. */
const MAX_EXPORT_BYTES = 20 * 1_048_576

const plugin: PluginDefinition<typeof config> = definePlugin({
  name: 'logging',
  version: '0.1.0',
  description: 'A journal of messages and answers',
  help: '`/journal` shows the newest entries, `/journal 20 weather` twenty with a word, `/journal export` gives all as JSON lines, `/journal forget 42` deletes those of a user, `/journal forget all` everything. For the owner only.',
  config,
  permissions: { observe: true },
  commands: {
    journal: { role: 'owner', description: 'Show the journal', usage: '/journal 20 weather', menu: false },
  },
  setup({ config: settings, services }) {
    const journal = new Journal(services.store.rolling('journal'), {
      retentionDays: settings.retention_days,
      keepsText: settings.keep_text,
      maxCharacters: settings.max_characters,
      now: Date.now,
    })
    const kept = services.metrics.counter('entries_total', { help: 'Entries of the journal' })
    let failed = 0
    return {
      async observe(event) {
        // the journal does not record itself
        if (event.plugin === 'logging') return
        try {
          await journal.add(event)
          kept.inc()
        } catch (error) {
          failed += 1
          if (failed === 1) services.captureException(error, { during: 'journal' })
        }
      },
      async processMessage(_message, { chat, command, role }) {
        if (command?.name !== 'journal') return undefined
        if (role !== 'owner') return { success: false, error: refusalFor('owner') }
        // the journal also contains private chats
        if (chat.type !== 'private') return { success: false, error: TEXTS.onlyShowJournalOur }
        return answer(journal, command.args)
      },
      async forgetUser({ id }) {
        const count = await journal.forget(id)
        return count === 0
          ? undefined
          : count === 1
            ? 'one entry of the journal'
            : `${count} entries of the journal`
      },
      getStatus: () => ({
        status: failed === 0 ? 'active' : 'degraded',
        retentionDays: settings.retention_days,
        ...(failed > 0 && { notKept: failed }),
      }),
    }
  },
})

export default plugin

async function answer(journal: Journal, args: string): Promise<PluginResult> {
  const [first = '', ...rest] = args.split(/\s+/).filter((word) => word !== '')
  if (first === 'export') return exportAll(journal)
  if (first === 'forget') return forget(journal, rest[0] ?? '')
  const count = /^\d{1,3}$/.test(first) ? Math.min(MOST_SHOWN, Math.max(1, Number(first))) : undefined
  const words = (count === undefined ? [first, ...rest] : rest).join(' ')
  const entries = await journal.newest(count ?? SHOWN, words)
  const lines = entries.map(describe)
  return { success: true, response: lines.length > 0 ? lines.join('\n') : TEXTS.noMatchingEntries }
}

async function exportAll(journal: Journal): Promise<PluginResult> {
  const lines: string[] = []
  let bytes = 0
  let isCut = false
  for await (const entry of journal.all()) {
    const line = `${JSON.stringify(entry)}\n`
    bytes += Buffer.byteLength(line)
    lines.push(line)
    // drop the oldest, because the newest are worth most
    while (bytes > MAX_EXPORT_BYTES) {
      bytes -= Buffer.byteLength(lines.shift() ?? '')
      isCut = true
    }
  }
  const text = isCut ? TEXTS.newestEntriesFileWould(lines.length) : `${lines.length} entries.`
  const source = Buffer.from(lines.length > 0 ? lines.join('') : '\n')
  return {
    success: true,
    response: {
      text,
      media: { kind: 'document', source: new Uint8Array(source), fileName: 'journal.jsonl' },
    },
  }
}

async function forget(journal: Journal, whom: string): Promise<PluginResult> {
  if (whom !== 'all' && !/^-?\d{1,20}$/.test(whom)) {
    return { success: false, error: TEXTS.whoseEntriesUseJournal }
  }
  const count = await journal.forget(whom === 'all' ? undefined : Number(whom))
  return { success: true, response: TEXTS.deletedEntries(count) }
}

/** Always one line, whatever the texts contain. */
function describe({ at, chat, user, outcome, plugin: by, seconds, text, answers }: JournalEntry): string {
  const oneLine = (value: string): string => value.replaceAll(/\s+/g, ' ').slice(0, 80)
  const said = text === undefined ? '' : ` “${oneLine(text)}”`
  const told = answers === undefined || answers.length === 0 ? '' : ` → “${oneLine(answers.join(' '))}”`
  return `${at.slice(0, 19).replace('T', ' ')} ${user} in ${chat}: ${outcome}${by === undefined ? '' : ` by ${by}`} (${seconds} s)${said}${told}`
}
