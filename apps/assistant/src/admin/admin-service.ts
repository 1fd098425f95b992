import { setPluginSwitch } from '@pluggram/config'
import type { Live, LoadedConfiguration } from '@pluggram/config'
import type { JsonObject, PluginState } from '@pluggram/host'
import type { LogTail, SecretMask } from '@pluggram/observability'
import { PluggramError } from '@pluggram/sdk'
import type { AdminParty, AdminService, AdminStanding } from '@pluggram/sdk'
import type { Access } from '@pluggram/access'
import type { ChatSettings, KnownParty } from '@pluggram/storage'
import type { Reloader } from '../hot-reload.ts'
import type { PluginBoard } from '../plugin-board.ts'
import { changeSetting } from './change-setting.ts'
import { describeSettings } from './plugin-settings.ts'
import type { SettingsBasis } from './plugin-settings.ts'

export interface AdminServiceOptions {
  readonly home: string
  readonly board: PluginBoard
  readonly reloader: Reloader
  /** The configuration as it is in the files now. */
  readonly configuration: Live<LoadedConfiguration>
  readonly chatSettings: ChatSettings
  readonly access: Pick<Access, 'store' | 'decide'>
  readonly logTail: LogTail | undefined
  readonly mask: SecretMask
}

const MAX_LINES = 200
const MAX_PROBLEM = 1_500

/** Lets owners manage plugins, settings and people by chat. */
export function createAdminService(options: AdminServiceOptions): AdminService {
  const { board, logTail } = options
  const plugins: ShownPlugins = {
    states: () => board.states().filter(({ origin }) => origin !== 'built-in'),
    stateOf(name) {
      const state = plugins.states().find((item) => item.name === name)
      if (state) return state
      throw new PluggramError('plugin-not-found', `There is no plugin ${name.slice(0, 64)}.`)
    },
  }
  return {
    ...createPluginActs(options, plugins),
    ...createSettingActs(options, plugins),
    ...createPeopleActs(options),
    async logLines({ count, ...shown }) {
      return logTail?.lines({ ...shown, count: Math.min(count, MAX_LINES) }) ?? []
    },
  }
}

/** The plugins that owners see: all but the assistant's own. */
interface ShownPlugins {
  states(): readonly PluginState[]
  /** @throws PluggramError `plugin-not-found` */
  stateOf(name: string): PluginState
}

function createPluginActs(
  { home, board, reloader, access: { store }, mask }: AdminServiceOptions,
  { states, stateOf }: ShownPlugins,
): Pick<AdminService, 'plugins' | 'switchPlugin' | 'restartPlugin' | 'offIn' | 'switchIn'> {
  return {
    async plugins() {
      const summaries = new Map(
        board.hosted.plugins().map(({ descriptor }) => [descriptor.name, descriptor.description]),
      )
      return states().map(({ name, state, isolation, problem }) => {
        const description = summaries.get(name)
        return {
          name,
          title: board.titleOf(name),
          isOn: state !== 'off',
          state,
          isolation,
          ...(description !== undefined && { description }),
          ...(problem && { problem: mask.apply(problem.message.slice(0, MAX_PROBLEM)) }),
        }
      })
    },
    async switchPlugin(name, isOn) {
      stateOf(name)
      await setPluginSwitch(home, name, isOn)
      await reloader.reload()
    },
    async restartPlugin(name) {
      stateOf(name)
      await board.restart(name)
    },
    offIn: async (chatId) => [...(store.offIn(chatId) ?? [])],
    async switchIn(chatId, plugin, isOn) {
      stateOf(plugin)
      await store.switchInChat(chatId, plugin, isOn)
    },
  }
}

function createSettingActs(
  options: AdminServiceOptions,
  { stateOf }: ShownPlugins,
): Pick<AdminService, 'settings' | 'changeSetting'> {
  const { board, configuration, chatSettings, mask } = options

  function basisOf(plugin: string, chatId: number | undefined): SettingsBasis {
    const schema = stateOf(plugin).configSchema
    if (!schema)
      throw new PluggramError('config-invalid', `${plugin} has no settings that can be changed here.`)
    const descriptor = board.hosted.plugins().find((item) => item.descriptor.name === plugin)?.descriptor
    const { block } = board.plan.configFor(plugin, schema)
    return {
      plugin,
      configuration: configuration.now,
      schema,
      block,
      perChat: descriptor?.perChat ?? [],
      ...(chatId !== undefined && {
        chatBlock: (chatSettings.of(plugin, chatId) ?? {}) as JsonObject,
      }),
    }
  }

  return {
    async settings(plugin, chatId) {
      if (!stateOf(plugin).configSchema) return []
      return describeSettings(basisOf(plugin, chatId)).map((setting) => ({
        ...setting,
        value: mask.apply(setting.value),
      }))
    },
    async changeSetting(change) {
      const basis = basisOf(change.plugin, change.chatId)
      await changeSetting(basis, change, { ...options, stateOf })
    },
  }
}

function createPeopleActs({
  configuration,
  access: { store, decide },
}: AdminServiceOptions): Pick<AdminService, 'parties' | 'decide'> {
  return {
    async parties() {
      const decided = new Map(listParties(configuration.now).map((party) => [party.id, party]))
      const known = store.parties().map((party) => toAdminParty(party, decided.get(party.id)))
      const ids = new Set(known.map(({ id }) => id))
      return [...known, ...decided.values().filter(({ id }) => !ids.has(id))]
    },
    async decide(id, standing) {
      const fixed = listParties(configuration.now).find((party) => party.id === id)
      if (fixed) {
        throw new PluggramError(
          'config-invalid',
          `config.json says that ${id} is ${fixed.standing}; change it there.`,
        )
      }
      await decide(id, standing)
    },
  }
}

/** @param fixed what config.json says about them */
function toAdminParty(
  { id, name, username, standing }: KnownParty,
  fixed: AdminParty | undefined,
): AdminParty {
  return {
    id,
    name,
    ...(username !== undefined && { username }),
    standing: fixed?.standing ?? standing,
    isInConfig: fixed !== undefined,
  }
}

function listParties({ settings }: LoadedConfiguration): AdminParty[] {
  const { owners, trusted, allowedUsers, allowedGroups, blocked } = settings.access
  const list = (ids: readonly number[], standing: AdminStanding): AdminParty[] =>
    ids.map((id) => ({ id, name: '', standing, isInConfig: true }))
  return [
    ...list(owners, 'owner'),
    ...list(trusted, 'trusted'),
    ...list([...allowedUsers, ...allowedGroups], 'allowed'),
    ...list(blocked, 'blocked'),
  ]
}
