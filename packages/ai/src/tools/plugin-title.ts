import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import { oneVisibleLine } from './visible-text.ts'

/** A plugin's or tool's name as people read it. */
export function plainName(name: string): string {
  return oneVisibleLine(name.replaceAll(/[_-]+/g, ' '), 64)
}

export function pluginTitle({ name }: Pick<PluginDescriptor, 'name'>): string {
  const plain = plainName(name)
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}
