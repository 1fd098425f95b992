import type { PluginStatus } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostedPlugin } from '../hosted-plugin.ts'
import { PatientStatus } from './patient-status.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A plugin whose status answers the test controls. */
function createPlugin(): { plugin: HostedPlugin; answers: ((status: PluginStatus) => void)[] } {
  const answers: ((status: PluginStatus) => void)[] = []
  const ask = (): Promise<PluginStatus> => new Promise((resolve) => answers.push(resolve))
  return { plugin: { ask } as unknown as HostedPlugin, answers }
}

test('a quick plugin is asked each time, and once for all who ask at the same moment', async () => {
  const { plugin, answers } = createPlugin()
  const patient = new PatientStatus(500)
  const both = [patient.of(plugin), patient.of(plugin)]
  answers[0]?.({ status: 'well' })
  expect(await Promise.all(both)).toEqual([{ status: 'well' }, { status: 'well' }])
  const again = patient.of(plugin)
  answers[1]?.({ status: 'better' })
  expect(await again).toEqual({ status: 'better' })
  expect(answers).toHaveLength(2)
})

test('a plugin that is late is waited for once, and no more until it is quick again', async () => {
  const { plugin, answers } = createPlugin()
  const patient = new PatientStatus(500)
  const first = patient.of(plugin)
  await vi.advanceTimersByTimeAsync(500)
  const late = { status: 'failing', error: 'getStatus: not finished within 0.5 s' }
  expect(await first).toEqual(late)
  expect(await patient.of(plugin)).toEqual(late)
  expect(answers).toHaveLength(1)

  // its late answer is shown from then on
  answers[0]?.({ status: 'slow' })
  await vi.advanceTimersByTimeAsync(0)
  expect(await patient.of(plugin)).toEqual({ status: 'slow' })
  answers[1]?.({ status: 'well' })
  await vi.advanceTimersByTimeAsync(0)
  const quick = patient.of(plugin)
  answers[2]?.({ status: 'best' })
  expect(await quick).toEqual({ status: 'best' })
})
