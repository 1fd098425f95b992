import type { HostPlan } from '@pluggram/host'
import type { PluginsPlan } from './plugins.ts'

/** Keeps the last working plan of each plugin whose configuration became invalid. */
export class WorkingPlans {
  #last: HostPlan
  #kept: ReadonlyMap<string, HostPlan> = new Map()

  constructor(first: HostPlan) {
    this.#last = first
  }

  /**
   * Returns the plan to follow: the new one, except for plugins that it breaks. Older plans are
   * dropped.
   */
  follow({ plan, broken }: PluginsPlan): HostPlan {
    const kept = new Map([...broken].map((name) => [name, this.#kept.get(name) ?? this.#last]))
    this.#last = plan
    this.#kept = kept
    if (kept.size === 0) return plan
    const planFor = (name: string): HostPlan => kept.get(name) ?? plan
    const candidates = [...kept].flatMap(([name, before]) =>
      before.candidates.filter((candidate) => candidate.name === name),
    )
    return {
      ...plan,
      candidates: [...plan.candidates, ...candidates],
      configFor: (name, jsonSchema) => planFor(name).configFor(name, jsonSchema),
      levelFor: (candidate) => planFor(candidate.name).levelFor?.(candidate) ?? 'process',
      limitsFor: (name) => planFor(name).limitsFor?.(name) ?? {},
    }
  }
}
