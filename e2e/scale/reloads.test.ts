import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { measureReloads } from './reloads.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const RELOADS = long(16, 120)
const BYTES_PER_RELOAD = 1_024
/** 1 means that each reload leaks one object. */
const OBJECTS_PER_RELOAD = 0.75

test('plugins that are saved again and again leave nothing in the assistant', async ({ annotate }) => {
  const figures = await measureReloads(RELOADS)
  await annotate(JSON.stringify(figures))
  const { dataBytesPerReload, objectsPerReload, before, after } = figures
  // a slope needs many samples, and V8 still compiles after few reloads; the run of a thousand
  // checks this, too
  expect(dataBytesPerReload).toBeLessThanOrEqual(long(Infinity, BYTES_PER_RELOAD))
  expect(objectsPerReload).toBeLessThanOrEqual(long(Infinity, OBJECTS_PER_RELOAD))
  expect(after.children).toBe(before.children)
  expect(after.files).toBeLessThanOrEqual(before.files)
  expect(after.timers).toBeLessThanOrEqual(before.timers)
  expect(after.handles).toBeLessThanOrEqual(before.handles)
}, 420_000)
