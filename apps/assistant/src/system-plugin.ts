import { definePlugin } from '@pluggram/sdk'
import type { ForgetMe } from '@pluggram/access'
import type { NearlyFullStore } from '@pluggram/storage'
import type { TimeZoneCommand } from './time-zones/timezone-command.ts'
import type { ModelDescription, PluginDefinition, PluginSummary } from '@pluggram/sdk'

/** The plugin name of the assistant's own commands. No other plugin may use it. */
export const SYSTEM_PLUGIN_NAME = 'assistant'

/** What `/status` shows of one plugin. */
export interface PluginStatusLine {
  readonly name: string
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
  /** A short description of the connection, for example `polling`. */
  connection(): string
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
    description: 'Basics',
    commands: {
      start: {
        description: 'Say hello',
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
        usage: '/help dice',
        execute: (args) => ({
          success: true,
          response: {
            format: 'markdown',
            text: args ? helpAbout(args, options.plugins()) : overview(options.plugins()),
          },
        }),
      },
      status: {
        description: 'Check that everything works',
        async execute(_args, { role }) {
          const text = await status(options, role === 'owner')
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
  const lines = [
    `Hi ${escape(name)}! I'm **${escape(options.assistantName)}**.`,
    'Send me a message, a photo or a file. /help lists what I can do.',
  ]
  if (model.isDemo) {
    lines.push(
      'I\'m in demo mode, so I only know my own commands. To connect an AI model, ask me *"how do I connect a model?"*',
    )
  }
  return lines.join('\n\n')
}

function overview(plugins: readonly PluginSummary[]): string {
  const parts = plugins
    .filter(({ commands, description }) => commands.length > 0 || description !== undefined)
    .map(({ name, description, commands }) => {
      const title = `**${escape(name)}**${description ? ` – ${escape(description)}` : ''}`
      return [title, ...commands.map((command) => `/${command.name} – ${escape(command.description)}`)].join(
        '\n',
      )
    })
  return [...parts, 'Details: `/help NAME`'].join('\n\n')
}

function helpAbout(args: string, plugins: readonly PluginSummary[]): string {
  const name = args.toLowerCase().replace(/^\//, '')
  const plugin = plugins.find(
    (item) => item.name === name || item.commands.some((command) => command.name === name),
  )
  if (!plugin) {
    const names = plugins.map((item) => `\`${item.name}\``).join(', ')
    return `There is no plugin or command "${escape(args.slice(0, 64))}". Available: ${names}.`
  }
  const commands = plugin.commands.map((command) => {
    const usage =
      command.usage && command.usage !== `/${command.name}` ? `, for example \`${command.usage}\`` : ''
    return `/${command.name} – ${escape(command.description)}${usage}`
  })
  const title = `**${escape(plugin.name)}**${plugin.version ? ` ${escape(plugin.version)}` : ''}`
  return [title, plugin.description && escape(plugin.description), commands.join('\n'), plugin.help]
    .filter((part) => part)
    .join('\n\n')
}

async function status(options: SystemPluginOptions, isForOwner: boolean): Promise<string> {
  const [model, plugins] = await Promise.all([options.describeModel(), options.pluginStatuses()])
  const lines = plugins.map(
    ({ name, isRunning, text }) => `${isRunning ? '🟢' : '🔴'} ${escape(name)} – ${escape(text)}`,
  )
  return [
    `**${escape(options.assistantName)}** has been running for ${duration(Date.now() - options.startedAt)}.`,
    `Connection: ${escape(options.connection())}\nModel: ${escape(model.id)}${modelNote(model, isForOwner)}`,
    ['Plugins:', ...lines].join('\n'),
    ...(isForOwner ? options.nearlyFull().map(fullStoreNote) : []),
  ].join('\n\n')
}

/** Describes the model. Problems contain addresses, so only the owner sees them. */
function modelNote({ isDemo, problem }: ModelState, isForOwner: boolean): string {
  if (problem !== undefined) return isForOwner ? ` – ⚠️ ${escape(problem)}` : ' – ⚠️ not working'
  return isDemo ? ' (built-in demo, not a large language model)' : ''
}

function fullStoreNote({ plugin, percent }: NearlyFullStore): string {
  return `⚠️ The store of ${escape(plugin)} is ${percent} % full. When it is full, the plugin cannot save anything new.`
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
