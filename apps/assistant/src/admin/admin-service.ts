import { setPluginSwitch } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { PluginHost, PluginState } from '@pluggram/host'
import type { LogTail, SecretMask } from '@pluggram/observability'
import { PluggramError } from '@pluggram/sdk'
import type { AdminParty, AdminService, AdminStanding } from '@pluggram/sdk'
import type { AccessStore, PluginSettings } from '@pluggram/storage'
import type { Reloader } from '../hot-reload.ts'
import { describeSettings, readSetting } from './plugin-settings.ts'
import type { SettingsBasis } from './plugin-settings.ts'

export interface AdminServiceOptions {
  readonly home: string
  host(): PluginHost
  reloader(): Reloader
  /** As the files say now. */
  configuration(): LoadedConfiguration
  readonly settings: PluginSettings
  readonly store: AccessStore
  readonly logTail: LogTail | undefined
  readonly mask: SecretMask
}

const MAX_LINES = 200

/** What owners do by chat: plugins, their settings, people. */
export function createAdminService(options: AdminServiceOptions): AdminService {
  const { home, host, reloader, configuration, settings, store, logTail, mask } = options

  const states = (): readonly PluginState[] =>
    host()
      .states()
      .filter(({ origin }) => origin !== 'built-in')

  function stateOf(name: string): PluginState {
    const state = states().find((item) => item.name === name)
    if (state) return state
    throw new PluggramError('plugin-not-found', `There is no plugin ${name.slice(0, 64)}.`)
  }

  function basisOf(plugin: string): SettingsBasis | undefined {
    stateOf(plugin)
    const descriptor = host()
      .registry.plugins()
      .find((item) => item.descriptor.name === plugin)?.descriptor
    const schema = descriptor?.configSchema
    if (!schema) return undefined
    const { block } = reloader().plan().configFor(plugin, schema)
    return { plugin, configuration: configuration(), schema, block, setByChat: settings.of(plugin) }
  }

  /** A value that the plugin does not take is taken back, and it goes on as before. */
  async function apply(plugin: string, key: string, value: unknown): Promise<void> {
    const before = settings.of(plugin)[key]
    write(plugin, key, value)
    await reloader().reload()
    const { problem } = stateOf(plugin)
    if (!problem) return
    write(plugin, key, before)
    await reloader().reload()
    throw new PluggramError(
      'config-invalid',
      mask.apply(problem.message.split('\n', 1)[0] ?? 'It was refused.'),
    )
  }

  function write(plugin: string, key: string, value: unknown): void {
    if (value === undefined) settings.delete(plugin, key)
    else settings.set(plugin, key, value)
  }

  return {
    async plugins() {
      const summaries = new Map(
        host()
          .registry.plugins()
          .map(({ descriptor }) => [descriptor.name, descriptor.description]),
      )
      return states().map(({ name, state, isolation, problem }) => {
        const description = summaries.get(name)
        return {
          name,
          isOn: state !== 'off',
          state,
          isolation,
          ...(description !== undefined && { description }),
          ...(problem && { problem: mask.apply(problem.message.split('\n', 1)[0] ?? '') }),
        }
      })
    },
    async switchPlugin(name, isOn) {
      stateOf(name)
      await setPluginSwitch(home, name, isOn)
      await reloader().reload()
    },
    async restartPlugin(name) {
      const { isolation } = stateOf(name)
      if (isolation === 'process' && (await host().restart(name))) return
      const plan = reloader().plan()
      await host().apply({ ...plan, isEnabled: (other) => other !== name && plan.isEnabled(other) })
      await host().apply(plan)
    },
    async settings(plugin) {
      const basis = basisOf(plugin)
      if (!basis) return []
      return describeSettings(basis).map((setting) => ({ ...setting, value: mask.apply(setting.value) }))
    },
    async changeSetting(plugin, key, text) {
      const basis = basisOf(plugin)
      if (!basis)
        throw new PluggramError('config-invalid', `${plugin} has no settings that can be changed here.`)
      await apply(plugin, key, text === undefined ? undefined : readSetting(basis, key, text))
    },
    offIn: async (chatId) => [...(store.offIn(chatId) ?? [])],
    async switchIn(chatId, plugin, isOn) {
      stateOf(plugin)
      store.switchInChat(chatId, plugin, isOn)
    },
    async logLines({ count, onlyProblems = false }) {
      return logTail?.lines({ count: Math.min(count, MAX_LINES), onlyProblems }) ?? []
    },
    async parties() {
      const decided = listParties(configuration())
      const inConfig = new Set(decided.map(({ id }) => id))
      const known = store.parties()
      return [
        ...decided.map((party) => ({ ...party, name: known.find(({ id }) => id === party.id)?.name ?? '' })),
        ...known
          .filter(({ id }) => !inConfig.has(id))
          .map(({ id, name, standing }) => ({ id, name, standing, isInConfig: false })),
      ]
    },
    async decide(id, standing) {
      const fixed = listParties(configuration()).find((party) => party.id === id)
      if (fixed) {
        throw new PluggramError(
          'config-invalid',
          `config.json says that ${id} is ${fixed.standing}; only people change that file.`,
        )
      }
      store.decide(id, standing)
    },
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
