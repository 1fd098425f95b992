import { PluggramError } from '@pluggram/sdk'
import type { AdminParty, AdminPlugin, AdminService, AdminSetting } from '@pluggram/sdk'

export interface TestAdminService extends AdminService {
  /** The changes that were made, in order. */
  readonly done: string[]
}

/** An admin service in memory. */
export function createTestAdminService(
  options: {
    plugins?: readonly AdminPlugin[]
    settings?: readonly AdminSetting[]
    parties?: readonly AdminParty[]
    lines?: readonly string[]
  } = {},
): TestAdminService {
  const done: string[] = []
  const off = new Set<string>()
  return {
    done,
    plugins: async () => options.plugins ?? [],
    switchPlugin: async (name, isOn) => void done.push(`${name} ${isOn ? 'on' : 'off'}`),
    restartPlugin: async (name) => void done.push(`restart ${name}`),
    settings: async () => options.settings ?? [],
    async changeSetting({ plugin, key, text, chatId }) {
      if (text === 'wrong') throw new PluggramError('config-invalid', 'It must be right.')
      if (text === 'hunter2') throw new PluggramError('config-secret', 'That is a secret.')
      done.push(`${plugin}.${key} = ${text}${chatId === undefined ? '' : ` in ${chatId}`}`)
    },
    offIn: async () => [...off],
    async switchIn(chatId, plugin, isOn) {
      if (isOn) off.delete(plugin)
      else off.add(plugin)
      done.push(`${plugin} ${isOn ? 'on' : 'off'} in ${chatId}`)
    },
    logLines: async ({ count, onlyProblems }) => {
      done.push(`${count} ${onlyProblems ? 'problems' : 'lines'}`)
      return options.lines ?? []
    },
    parties: async () => options.parties ?? [],
    decide: async (id, standing) => void done.push(`${id} ${standing}`),
  }
}
