import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { BlockWatch } from './block-watch.ts'
import type { PluginWork } from './block-watch.ts'

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

const work = (plugin: string): PluginWork => ({ plugin, underWay: 0, endedAt: 0 })

test('the plugin that is at work while the loop stands still is named, others are not', async () => {
  const blocked: { plugins: readonly string[]; milliseconds: number }[] = []
  watch = new BlockWatch({ onBlocked: (plugins, milliseconds) => blocked.push({ plugins, milliseconds }) })
  const [earlier, holder] = [work('earlier'), work('holder')]
  for (const each of [earlier, holder]) watch.follow(each)
  earlier.endedAt = performance.now()
  await sleep(120)
  holder.underWay += 1
  block(400)
  holder.underWay -= 1
  holder.endedAt = performance.now()
  await sleep(120)
  expect(blocked.map(({ plugins }) => plugins)).toEqual([expect.arrayContaining(['holder'])])
  expect(blocked[0]?.plugins).not.toContain('earlier')
  expect(blocked[0]?.milliseconds).toBeGreaterThan(200)
})

test('a plugin that waits holds up nobody', async () => {
  const blocked: unknown[] = []
  watch = new BlockWatch({ onBlocked: (...words) => blocked.push(words) })
  watch.follow({ ...work('waiting'), underWay: 1 })
  await sleep(300)
  expect(blocked).toEqual([])
})
