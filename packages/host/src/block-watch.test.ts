import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { BlockWatch } from './block-watch.ts'

let watch: BlockWatch | undefined
afterEach(() => watch?.stop())

/** Uses this much CPU time, however long that takes on a busy machine. */
function block(milliseconds: number): void {
  const before = process.cpuUsage()
  for (;;) {
    const { user, system } = process.cpuUsage(before)
    if (user + system > milliseconds * 1_000) return
  }
}

test('the plugin that is at work while the loop stands still is named, others are not', async () => {
  const blocked: { plugins: readonly string[]; milliseconds: number }[] = []
  watch = new BlockWatch({ onBlocked: (plugins, milliseconds) => blocked.push({ plugins, milliseconds }) })
  watch.begin('earlier')()
  await sleep(120)
  const end = watch.begin('holder')
  block(400)
  end()
  watch.begin('later')()
  await sleep(120)
  expect(blocked.map(({ plugins }) => plugins)).toEqual([expect.arrayContaining(['holder'])])
  expect(blocked[0]?.plugins).not.toContain('earlier')
  expect(blocked[0]?.milliseconds).toBeGreaterThan(200)
})

test('a plugin that waits holds up nobody', async () => {
  const blocked: unknown[] = []
  watch = new BlockWatch({ onBlocked: (...words) => blocked.push(words) })
  const end = watch.begin('waiting')
  await sleep(300)
  end()
  expect(blocked).toEqual([])
})
