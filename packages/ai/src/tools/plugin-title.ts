import { pluginTitle as titleOf } from '@pluggram/sdk/runtime'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import { oneVisibleLine } from './visible-text.ts'

/** A plugin's or tool's name as people read it. */
export function plainName(name: string): string {
  return oneVisibleLine(name.replaceAll(/[_-]+/g, ' '), 64)
}

export function pluginTitle(plugin: Pick<PluginDescriptor, 'name' | 'title'>): string {
  return oneVisibleLine(titleOf(plugin), 64)
}
