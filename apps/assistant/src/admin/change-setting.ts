import { literalValue, setPluginValue } from '@pluggram/config'
import type { JsonObject, JsonValue, PluginState } from '@pluggram/host'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import type { SecretMask } from '@pluggram/observability'
import { PluggramError } from '@pluggram/sdk'
import type { AdminSettingChange } from '@pluggram/sdk'
import type { ChatSettings } from '@pluggram/storage'
import type { Reloader } from '../hot-reload.ts'
import type { PluginBoard } from '../plugin-board.ts'
import { TEXTS } from '../texts.ts'
import { checkKey, readSetting } from './plugin-settings.ts'
import type { SettingsBasis } from './plugin-settings.ts'

export interface ChangeOptions {
  readonly home: string
  readonly board: Pick<PluginBoard, 'checkConfig'>
  readonly reloader: Reloader
  readonly chatSettings: ChatSettings
  readonly mask: SecretMask
  stateOf(plugin: string): PluginState
}

/**
 * Changes a plugin's setting: for everybody in config.json, or for one chat in the data folder. A
 * value that the plugin rejects is not written.
 * @throws PluggramError `config-invalid`, `config-secret`
 */
export async function changeSetting(
  basis: SettingsBasis,
  { plugin, key, text, chatId }: AdminSettingChange,
  options: ChangeOptions,
): Promise<void> {
  checkKey(basis, key, chatId !== undefined)
  const value = text === undefined ? undefined : readSetting(basis, key, text)
  if (chatId === undefined) return changeForAll({ basis, key, value }, options)
  const block = withKey({ ...basis.block, ...without(basis.chatBlock ?? {}, key) }, key, value)
  if (!(await check({ plugin, block }, options))) throw refusal(TEXTS.notRunning(plugin))
  await options.chatSettings.set(plugin, chatId, key, value)
}

interface Change {
  readonly basis: SettingsBasis
  readonly key: string
  readonly value: JsonValue | undefined
}

async function changeForAll({ basis, key, value }: Change, options: ChangeOptions): Promise<void> {
  const { plugin, block } = basis
  const { home, reloader, stateOf } = options
  const isRunning = await check({ plugin, block: withKey(without(block, key), key, value) }, options)
  const write = (content: JsonValue | undefined): Promise<JsonValue | undefined> =>
    setPluginValue(home, { plugin, key, value: content })
  const before = await write(value === undefined ? undefined : literalValue(value))
  await reloader.reload()
  const { problem } = stateOf(plugin)
  // a plugin that was not running may lack other keys as well, so only this key matters
  const wrong = problem?.issues?.filter(({ path, isMissing }) => path[0] === key && !isMissing)
  const isRefused = isRunning ? problem !== undefined : wrong !== undefined && wrong.length > 0
  if (!isRefused) return
  await write(before)
  await reloader.reload()
  const reason = wrong && wrong.length > 0 ? describe(wrong) : (problem?.message.split('\n', 1)[0] ?? '')
  throw refusal(options.mask.apply(reason))
}

/** @returns whether the plugin is running and could check the value */
async function check(
  { plugin, block }: { readonly plugin: string; readonly block: JsonObject },
  { board, mask }: ChangeOptions,
): Promise<boolean> {
  const issues = await board.checkConfig(plugin, block)
  if (issues && issues.length > 0) throw refusal(mask.apply(describe(issues)))
  return issues !== undefined
}

/** Lists each key with its expected value. */
function describe(issues: readonly ConfigIssue[]): string {
  return issues
    .slice(0, 10)
    .map(({ path, message, isMissing }) => `${path.join('.')}: ${isMissing ? 'is required' : message}`)
    .join('\n')
    .slice(0, 1_000)
}

function refusal(message: string): PluggramError {
  return new PluggramError('config-invalid', message)
}

function without(block: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(block).filter(([name]) => name !== key))
}

function withKey(block: JsonObject, key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? block : { ...block, [key]: value }
}
