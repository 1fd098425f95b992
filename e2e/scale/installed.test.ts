import { long, whole } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { createWarmHome, openInstalled } from './installed.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const INSTALLED = long(16, whole(500, 1_000))
/** Processor time: a machine that is busy with other things takes longer. */
const READY_CPU_SECONDS = 3
const READY_SECONDS = 30
/** How many times more than with one plugin a start may take on a slow machine. */
const SLOW_MACHINE_FACTOR = 2
const RESIDENT_MB = 250

test(`${INSTALLED} installed plugins start in no time and take no memory`, async ({ annotate }) => {
  const one = await openInstalled(await createWarmHome(1), 1)
  await one.stop()
  const all = await openInstalled(await createWarmHome(INSTALLED), INSTALLED)
  await all.work(20)
  const resident = await all.residentMegabytes()
  const { readySeconds, readyCpuSeconds } = all
  await all.stop()
  await annotate(
    `ready after ${readySeconds.toFixed(1)} s, ${readyCpuSeconds} s of a processor (${one.readyCpuSeconds} s with one plugin), ${resident} MB`,
  )
  const mostCpu = Math.max(READY_CPU_SECONDS, SLOW_MACHINE_FACTOR * one.readyCpuSeconds)
  expect(readyCpuSeconds).toBeLessThanOrEqual(mostCpu)
  expect(readySeconds).toBeLessThanOrEqual(READY_SECONDS)
  expect(resident).toBeLessThanOrEqual(RESIDENT_MB)
}, 1_200_000)
