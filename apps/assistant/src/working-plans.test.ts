import type { HostPlan, PluginCandidate } from '@pluggram/host'
import { expect, test } from 'vitest'
import type { PluginsPlan } from './plugins.ts'
import { WorkingPlans } from './working-plans.ts'

const candidate = (name: string): PluginCandidate => ({
  name,
  entry: `/home/plugins/${name}.js`,
  origin: 'home',
  directory: '/home/plugins',
})

/** A plan whose configuration contains its version. Broken plugins are not among its candidates. */
function planned(version: number, names: readonly string[], broken: readonly string[] = []): PluginsPlan {
  const plan: HostPlan = {
    candidates: names.filter((name) => !broken.includes(name)).map(candidate),
    isEnabled: () => true,
    order: [],
    configFor: () => ({ block: { version } }),
  }
  return { plan, broken: new Set(broken), problems: [] } as unknown as PluginsPlan
}

function versions(plan: HostPlan): Record<string, unknown> {
  return Object.fromEntries(
    plan.candidates.map(({ name }) => [name, plan.configFor(name, undefined).block['version']]),
  )
}

test('a plugin whose block broke keeps the last one that worked, however long that takes', () => {
  const plans = new WorkingPlans(planned(1, ['a', 'b']).plan)
  expect(versions(plans.follow(planned(2, ['a', 'b'])))).toEqual({ a: 2, b: 2 })
  expect(versions(plans.follow(planned(3, ['a', 'b'], ['a'])))).toEqual({ a: 2, b: 3 })
  expect(versions(plans.follow(planned(4, ['a', 'b'], ['a', 'b'])))).toEqual({ a: 2, b: 3 })
  expect(versions(plans.follow(planned(5, ['a', 'b'], ['a'])))).toEqual({ a: 2, b: 5 })
  expect(versions(plans.follow(planned(6, ['a', 'b'])))).toEqual({ a: 6, b: 6 })
})

test('a plan without broken plugins is taken as it is, and holds on to no earlier one', () => {
  const plans = new WorkingPlans(planned(1, ['a']).plan)
  const next = planned(2, ['a'])
  expect(plans.follow(next)).toBe(next.plan)
})
