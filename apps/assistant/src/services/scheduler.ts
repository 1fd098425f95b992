import { Scheduler } from '@pluggram/services'
import { errorMessage, PermissionError } from '@pluggram/sdk'
import type { EffectScope, Logger, PluginPermissions, SchedulerService } from '@pluggram/sdk'
import { createRefusedScheduler } from '@pluggram/sdk/runtime'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import type { ScheduleStore } from '@pluggram/storage/contracts'

/** Creates the scheduler for all plugins. Nothing runs before its `start`. */
export function createScheduler(store: ScheduleStore, logger: Logger): Scheduler {
  return new Scheduler({
    store,
    onError: (plugin, name, error) =>
      logger.error(`Schedule ${name} of plugin ${plugin} failed: ${errorMessage(error)}`, {
        plugin,
        err: error,
      }),
  })
}

/** The scheduler service of one plugin. */
export function createPluginScheduler(options: {
  readonly plugin: string
  readonly permissions: PluginPermissions | undefined
  readonly effects: EffectScope
  readonly scheduler: Scheduler
  refuse(message: string): void
}): SchedulerService {
  const { plugin, permissions, effects, scheduler, refuse } = options
  if (permissions?.schedule === true) return scheduler.forPlugin(plugin, effects)
  return createRefusedScheduler(() => {
    const message = `Plugin ${plugin} uses services.scheduler without asking for it. Add permissions: { schedule: true } to its manifest.`
    refuse(message)
    throw new PermissionError(message)
  })
}

/**
 * Keeps the scheduler up to date with the manifests of running plugins.
 * @returns a function that stops this
 */
export function followManifests(scheduler: Scheduler, registry: PluginRegistry): () => void {
  const known = new Map<string, RunnablePlugin>()
  const follow = (): void => {
    const running = new Map(registry.plugins().map((plugin) => [plugin.descriptor.name, plugin]))
    for (const name of known.keys()) {
      if (running.has(name)) continue
      known.delete(name)
      scheduler.withdraw(name)
    }
    for (const [name, plugin] of running) {
      if (known.get(name) === plugin) continue
      known.set(name, plugin)
      void scheduler.declare(name, plugin.descriptor.schedules, (task, { signal, ...run }) =>
        plugin.ask('schedule', { task, run }, signal),
      )
    }
  }
  follow()
  return registry.onChange(follow)
}
