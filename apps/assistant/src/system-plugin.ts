import { definePlugin } from '@pluggram/sdk'
import type { ForgetMe } from '@pluggram/access'
import type { NearlyFullStore } from '@pluggram/storage'
import type { TimeZoneCommand } from './time-zones/timezone-command.ts'
import { isCommandFor, localText, pluginTitle } from '@pluggram/sdk/runtime'
import type {
  CommandSummary,
  MessageContext,
  ModelDescription,
  PluginDefinition,
  PluginSummary,
} from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

/** The plugin name of the assistant's own commands. No other plugin may use it. */
export const SYSTEM_PLUGIN_NAME = 'assistant'

/** What `/status` shows of one plugin. */
export interface PluginStatusLine {
  /** Its name as people read it. */
  readonly title: string
  readonly isRunning: boolean
  readonly text: string
}

/** The model, with details for the owner. */
interface ModelState extends ModelDescription {
  /** Why it cannot answer. */
  readonly problem?: string
  /** How to get a better one. */
  readonly setupHint?: string
}

export interface SystemPluginOptions {
  readonly assistantName: string
  plugins(): readonly PluginSummary[]
  describeModel(): Promise<ModelState>
  pluginStatuses(): Promise<readonly PluginStatusLine[]>
  /** How the assistant is, in a sentence or two. */
  summary(): Promise<string>
  /** A short description of the connection, for example `polling`. */
  connection(): string
  /** Plugins that are off in a chat. */
  offIn(chatId: number): ReadonlySet<string> | undefined
  /** How many problems `pluggram doctor` would name. */
  problems(): number
  /** Stores of plugins that have little room left. */
  nearlyFull(): readonly NearlyFullStore[]
  readonly forgetMe: ForgetMe
  readonly timeZone: TimeZoneCommand
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/**
 * Implements `/start`, `/help`, `/status`, `/timezone` and `/forget_me`, which exist whatever plugins are on.
 */
export function createSystemPlugin(options: SystemPluginOptions): PluginDefinition {
  return definePlugin({
    name: SYSTEM_PLUGIN_NAME,
    title: { en: 'Basics', de: 'Grundlagen' },
    commands: {
      start: {
        description: 'Say hello',
        translations: { de: 'Begrüßung' },
        async execute(_args, { user }) {
          const model = await options.describeModel()
          return {
            success: true,
            response: { format: 'markdown', text: welcome(options, user.firstName, model) },
          }
        },
      },
      help: {
        description: 'Show what I can do',
        translations: { de: 'Zeigt, was ich kann' },
        usage: '/help dice',
        execute(args, context) {
          const plugins = pluginsFor(context, options)
          const { languageCode } = context.user
          const text = args ? helpAbout(args, plugins, languageCode) : overview(plugins, languageCode)
          return { success: true, response: { format: 'markdown', text } }
        },
      },
      status: {
        description: 'Check that everything works',
        translations: { de: 'Prüft, ob alles funktioniert' },
        async execute(_args, { role }) {
          const text = role === 'owner' ? await status(options) : await shortStatus(options)
          return { success: true, response: { format: 'markdown', text } }
        },
      },
      timezone: {
        description: 'Set your time zone',
        usage: '/timezone Berlin',
        examples: ['set my time zone', 'which time zone do I have'],
        execute: (args, context) => options.timeZone.execute(args, context),
      },
      forget_me: {
        description: 'Delete all my data',
        examples: ['delete everything about me', 'delete my data', 'forget me'],
        menu: false,
        execute: (_args, context) => options.forgetMe.ask(context),
      },
    },
    // matches no text: besides commands and buttons, only messages without words reach this plugin
    patterns: [/^$/],
    setup: () => ({
      processMessage: async (data, context) =>
        context.callback
          ? ((await options.forgetMe.press(data, context)) ?? options.timeZone.press(data, context))
          : options.timeZone.locate(context),
    }),
  })
}

function welcome(options: SystemPluginOptions, name: string, model: ModelDescription): string {
  const lines = [TEXTS.hello(escape(name), escape(options.assistantName)), TEXTS.whatToSend]
  if (model.isDemo) {
    lines.push(TEXTS.demoMode)
  }
  return lines.join('\n\n')
}

/** What somebody may use in a chat. */
function pluginsFor(
  { chat, role }: Pick<MessageContext, 'chat' | 'role'>,
  options: SystemPluginOptions,
): readonly PluginSummary[] {
  const off = options.offIn(chat.id)
  return options
    .plugins()
    .filter(({ name }) => !off?.has(name))
    .map((plugin) => ({
      ...plugin,
      commands: plugin.commands.filter((command) => isCommandFor(command, { role, chat })),
      isForOthers: plugin.commands.length > 0,
    }))
    .filter(({ commands, isForOthers, description }) =>
      isForOthers ? commands.length > 0 : description !== undefined,
    )
}

function overview(plugins: readonly PluginSummary[], language: string | undefined): string {
  const parts = plugins.map((plugin) => {
    const { description, commands } = plugin
    const title = `**${escape(pluginTitle(plugin, language))}**`
    const lines = commands.map((command) => commandLine(command, language))
    return [lines.length > 0 || !description ? title : `${title} – ${escape(description)}`, ...lines].join(
      '\n',
    )
  })
  return [...parts, TEXTS.helpDetails].join('\n\n')
}

function commandLine(
  { name, description, translations }: CommandSummary,
  language: string | undefined,
): string {
  return `/${name} – ${escape(localText({ ...translations, en: description }, language))}`
}

function helpAbout(args: string, plugins: readonly PluginSummary[], language: string | undefined): string {
  const name = args.toLowerCase().replace(/^\//, '')
  const plugin =
    plugins.find((item) => item.commands.some((command) => command.name === name)) ??
    plugins.find((item) => item.name === name || pluginTitle(item, language).toLowerCase() === name)
  if (!plugin) {
    const names = plugins.map((item) => escape(pluginTitle(item, language))).join(', ')
    return TEXTS.noHelp(escape(args.slice(0, 64)), names)
  }
  const commands = plugin.commands.map((command) => {
    const { usage } = command
    const example = usage && usage !== `/${command.name}` ? TEXTS.forExample(usage) : ''
    return `${commandLine(command, language)}${example}`
  })
  const title = `**${escape(pluginTitle(plugin, language))}**`
  return [title, plugin.description && escape(plugin.description), commands.join('\n'), plugin.help]
    .filter((part) => part)
    .join('\n\n')
}

/** For people who cannot mend anything: whether it works, and what does not. */
async function shortStatus(options: SystemPluginOptions): Promise<string> {
  const [model, plugins] = await Promise.all([options.describeModel(), options.pluginStatuses()])
  const broken = plugins.filter(({ isRunning }) => !isRunning).map(({ title }) => escape(title))
  const problems = [
    ...(model.problem === undefined ? [] : [TEXTS.modelFails]),
    ...(broken.length === 0 ? [] : [TEXTS.pluginsFail(broken.join(', '))]),
  ]
  const name = escape(options.assistantName)
  if (problems.length > 0) return [TEXTS.worksPartly(name), ...problems].join('\n')
  return model.isDemo ? `${TEXTS.works(name)} ${TEXTS.isDemo}` : TEXTS.works(name)
}

async function status(options: SystemPluginOptions): Promise<string> {
  const [model, plugins, summary] = await Promise.all([
    options.describeModel(),
    options.pluginStatuses(),
    options.summary(),
  ])
  const lines = plugins.map(
    ({ title, isRunning, text }) => `${isRunning ? '🟢' : '🔴'} ${escape(title)} – ${escape(text)}`,
  )
  return [
    escape(summary),
    TEXTS.running(escape(options.assistantName), duration(Date.now() - options.startedAt)),
    TEXTS.connection(escape(options.connection()), `${escape(model.id)}${modelNote(model)}`),
    [TEXTS.plugins, ...lines].join('\n'),
    ...options.nearlyFull().map(fullStoreNote),
    ...(options.problems() === 0 ? [] : [TEXTS.problems(options.problems())]),
  ].join('\n\n')
}

/** Describes the model. Problems contain addresses, so only the owner sees them. */
function modelNote({ isDemo, problem }: ModelState): string {
  if (problem !== undefined) return ` – ⚠️ ${escape(problem)}`
  return isDemo ? ` ${TEXTS.demoNote}` : ''
}

function fullStoreNote({ plugin, percent }: NearlyFullStore): string {
  return TEXTS.nearlyFull(escape(pluginTitle({ name: plugin })), percent)
}

function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = units.filter(([count]) => count > 0).slice(0, 2)
  return shown.length > 0 ? shown.map(([count, unit]) => `${count} ${unit}`).join(' ') : '0 s'
}

/** Escapes Markdown in names and descriptions. */
function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>~|#]/g, (character) => `\\${character}`)
}
