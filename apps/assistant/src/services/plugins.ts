import { PermissionError } from '@pluggram/sdk'
import type { PluginManifest, PluginsService } from '@pluggram/sdk'
import type { PluginBoard } from '../plugin-board.ts'
import { createPluginsService } from '@pluggram/services/plugin-side'

/** Lets one plugin call those that its manifest requires. */
export function pluginsFor(
  name: string,
  requires: PluginManifest['requires'],
  {
    board,
    onRefused,
  }: { readonly board: Pick<PluginBoard, 'call'>; onRefused(this: void, message: string): void },
): PluginsService {
  return createPluginsService(async <Result>(plugin: string, method: string, ...args: readonly unknown[]) => {
    if (!(requires ?? []).includes(plugin)) {
      const message = `Plugin ${name} calls the plugin ${plugin} without requiring it. Add requires: ['${plugin}'] to its manifest.`
      onRefused(message)
      throw new PermissionError(message)
    }
    return (await board.call(plugin, method, args)) as Result
  })
}
