import { ownCommands } from '@pluggram/sdk/runtime'
import type {
  AccessControl,
  IncomingUpdate,
  PendingPlugin,
  PluginDescriptor,
  PluginRegistry,
  RunnablePlugin,
} from '@pluggram/sdk/runtime'
import type { Presses } from './presses.ts'

/** Why the plugins of a route are asked. */
type RouteReason = 'command' | 'button' | 'start link' | 'goes on' | 'edited message' | 'message'

/** The plugins to ask about an update, in order. */
export interface Route {
  readonly reason: RouteReason
  /** The plugin that owns the command or the button. If it fails, the user is told at once. */
  readonly target?: RunnablePlugin
  /**
   * Plugins to ask when the target passes or there is none. A function, because most commands never
   * need them.
   */
  others(): readonly RunnablePlugin[]
  /** Plugins that are not asked because they are off in this chat. */
  readonly off?: ReadonlySet<string>
  /** Some of the plugins whose patterns did not match, once `others` was called. */
  readonly unmatched?: readonly string[]
}

interface Index {
  readonly byCommand: ReadonlyMap<string, RunnablePlugin>
  readonly byName: ReadonlyMap<string, RunnablePlugin>
  /** Plugins that answer messages, in the order they are asked. */
  readonly listeners: readonly RunnablePlugin[]
  readonly editListeners: readonly RunnablePlugin[]
}

/**
 * Finds the plugins that may answer, with an index that is rebuilt only when plugins come or go.
 */
export class Router {
  readonly #registry: PluginRegistry
  readonly #presses: Pick<Presses, 'makerOf'>
  readonly #access: Pick<AccessControl, 'offIn'> | undefined
  readonly #stopListening: () => void
  #index: Index | undefined

  constructor(
    registry: PluginRegistry,
    presses: Pick<Presses, 'makerOf'>,
    access?: Pick<AccessControl, 'offIn'>,
  ) {
    this.#presses = presses
    this.#access = access
    this.#registry = registry
    this.#stopListening = registry.onChange(() => {
      this.#index = undefined
    })
  }

  /** The route of one update, without the plugins that are off in its chat. */
  route(update: IncomingUpdate): Route {
    const off = this.#access?.offIn(update.chat.id)
    const isOn = ({ descriptor }: RunnablePlugin): boolean => off?.has(descriptor.name) !== true
    const route = this.#started(update, isOn) ?? this.#routeAmongAll(update)
    if (!off) return route
    // no other plugin gets a command whose owner is off in this chat
    if (route.target && !isOn(route.target)) return { reason: route.reason, others: nobody, off }
    return { ...route, others: () => route.others().filter(isOn), off }
  }

  /**
   * The plugins that are still starting, may want the update, and would be asked before `next` (or
   * at all, when there is no next). A plugin without a known descriptor may own any command; texts
   * do not wait for it when a plugin of equal rank has started.
   */
  awaited(update: IncomingUpdate, route: Route, next: RunnablePlugin | undefined): readonly PendingPlugin[] {
    const pending = this.#registry.pending ?? []
    if (pending.length === 0) return []
    const off = this.#access?.offIn(update.chat.id)
    const allowed = pending.filter(({ name }) => !off?.has(name))
    const payload = startPayload(update)
    if (payload !== undefined && next !== undefined && next === this.#current().byCommand.get(START))
      return allowed.filter(({ descriptor }) => !descriptor || mayStart(descriptor, payload))
    if (next !== undefined && next === route.target) return []
    if (update.continues) return allowed.filter(({ name }) => name === update.continues?.plugin)
    if (update.kind !== 'callback_query') {
      return allowed.filter((plugin) => mayComeFirst(plugin, update, route, next))
    }
    const named = allowed.map((plugin) => [plugin.name, plugin] as const)
    const maker = route.target ? undefined : this.#presses.makerOf(update, named)
    return maker ? [maker] : []
  }

  /** The route of `/start PAYLOAD` that a plugin has asked for; the greeting comes next. */
  #started(update: IncomingUpdate, isOn: (plugin: RunnablePlugin) => boolean): Route | undefined {
    const payload = startPayload(update)
    const name = payload === undefined ? undefined : this.#registry.starterOf?.(payload)
    const { byName, byCommand } = this.#current()
    const target = name === undefined ? undefined : byName.get(name)
    if (!target || !isOn(target)) return undefined
    const greeting = byCommand.get(START)
    return { reason: 'start link', target, others: () => (greeting ? [greeting] : []) }
  }

  #routeAmongAll(update: IncomingUpdate): Route {
    const index = this.#current()
    if (update.continues) {
      const target = index.byName.get(update.continues.plugin)
      return { reason: 'goes on', others: nobody, ...(target && { target }) }
    }
    if (update.kind === 'callback_query') {
      const target = this.#presses.makerOf(update, index.byName)
      return { reason: 'button', others: nobody, ...(target && { target }) }
    }
    const { text } = update.message
    const unmatched: string[] = []
    if (update.kind === 'edited_message') {
      const others = (): readonly RunnablePlugin[] => matching(index.editListeners, text, unmatched)
      return { reason: 'edited message', others, unmatched }
    }
    const { command } = update
    const target = command && index.byCommand.get(command.name)
    const others = (): readonly RunnablePlugin[] => matching(index.listeners, text, unmatched)
    return target
      ? { reason: 'command', target, others, unmatched }
      : { reason: 'message', others, unmatched }
  }

  /**
   * True for updates that must not wait behind their chat's other messages: button presses and
   * urgent commands.
   */
  isUrgent(update: IncomingUpdate): boolean {
    if (update.kind === 'callback_query') return true
    const { command } = update
    if (!command) return false
    const owner = this.#current().byCommand.get(command.name)
    return owner?.descriptor.commands.some(({ name, isUrgent }) => name === command.name && isUrgent) ?? false
  }

  /** True for commands that a plugin owns. */
  isCommand({ command }: IncomingUpdate): boolean {
    return command !== undefined && this.#current().byCommand.has(command.name)
  }

  #current(): Index {
    return (this.#index ??= buildIndex(this.#registry))
  }

  close(): void {
    this.#stopListening()
  }
}

const START = 'start'
/** Bot API: a deep link's parameter. */
const PAYLOAD = /^[\w-]{1,64}$/

/** What a link to the bot has added to `/start`. */
function startPayload(update: IncomingUpdate): string | undefined {
  const { command } = update
  return command?.name === START && PAYLOAD.test(command.args) ? command.args : undefined
}

function mayStart({ startPrefixes = [] }: PluginDescriptor, payload: string): boolean {
  return startPrefixes.some((prefix) => payload.startsWith(prefix))
}

function mayComeFirst(
  { descriptor }: PendingPlugin,
  update: Exclude<IncomingUpdate, { kind: 'callback_query' }>,
  { target }: Route,
  next: RunnablePlugin | undefined,
): boolean {
  const { command } = update
  if (command && !target) {
    if (!descriptor) return true
    if (descriptor.commands.some((own) => own.name === command.name)) return true
  }
  if (!descriptor) return update.kind === 'message' && isBefore(UNKNOWN, next)
  return (
    descriptor.answers.includes('handle') &&
    descriptor.updates.includes(update.kind) &&
    matches(descriptor, update.message.text) &&
    isBefore(descriptor, next)
  )
}

type Rank = Pick<PluginDescriptor, 'patterns' | 'priority'>
const UNKNOWN: Rank = { patterns: [], priority: 0 }

/**
 * Whether a plugin is asked about texts before another one. Plugins of equal rank do not wait for
 * each other.
 */
function isBefore(plugin: Rank, next: RunnablePlugin | undefined): boolean {
  if (!next) return true
  const [own, other] = [plugin, next.descriptor].map(({ patterns }) => patterns.length > 0)
  return own === other ? plugin.priority > next.descriptor.priority : own === true
}

function nobody(): readonly RunnablePlugin[] {
  return []
}

/** More names would help nobody, and take memory with each message. */
const MAX_UNMATCHED = 20

function matching(listeners: readonly RunnablePlugin[], text: string, unmatched: string[]): RunnablePlugin[] {
  unmatched.length = 0
  return listeners.filter(({ descriptor }) => {
    const isMatching = matches(descriptor, text)
    if (!isMatching && unmatched.length < MAX_UNMATCHED) unmatched.push(descriptor.name)
    return isMatching
  })
}

function matches({ patterns }: PluginDescriptor, text: string): boolean {
  if (patterns.length === 0) return true
  return patterns.some((pattern) => {
    // a pattern with the g or y flag keeps its position between calls
    pattern.lastIndex = 0
    return pattern.test(text)
  })
}

function buildIndex(registry: PluginRegistry): Index {
  const plugins = registry.plugins()
  const byCommand = new Map<string, RunnablePlugin>()
  for (const plugin of plugins) {
    for (const command of ownCommands(registry, plugin.descriptor)) byCommand.set(command.name, plugin)
  }
  const answering = plugins.filter((plugin) => plugin.descriptor.answers.includes('handle'))
  return {
    byCommand,
    byName: new Map(plugins.map((plugin) => [plugin.descriptor.name, plugin])),
    listeners: answering.filter((plugin) => plugin.descriptor.updates.includes('message')),
    editListeners: answering.filter((plugin) => plugin.descriptor.updates.includes('edited_message')),
  }
}
