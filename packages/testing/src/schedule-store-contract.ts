import { describe, expect, test } from 'vitest'
import type { ScheduleRecord, ScheduleStore } from '@pluggram/storage/contracts'

/** A schedule of plugin `notes` that is due at 1,000. */
export function scheduleRecord(name: string, more: Partial<ScheduleRecord> = {}): ScheduleRecord {
  return {
    plugin: 'notes',
    name,
    times: { kind: 'every', seconds: 60 },
    isDeclared: false,
    missed: 'skip',
    jitterMs: 0,
    timeoutMs: 60_000,
    anchor: 0,
    nextSlot: 1_000,
    lastSlot: undefined,
    used: [],
    isPaused: false,
    ...more,
  }
}

/** The contract of every store of schedules; each driver runs it. */
export function scheduleStoreContract(
  create: () => { store: ScheduleStore; close?(): Promise<void> | void },
): void {
  describe('schedule store contract', () => {
    const using = (run: (store: ScheduleStore) => Promise<void>) => async () => {
      const { store, close } = create()
      try {
        await run(store)
      } finally {
        await store.close()
        await close?.()
      }
    }
    const put = (store: ScheduleStore, record: ScheduleRecord): Promise<unknown> =>
      store.update(record.plugin, record.name, () => record)
    const progress = { anchor: 0, lastSlot: 1_000, used: [[1_000, 1_000]], nextSlot: 61_000 } as const

    test(
      'gives back what was put there, by plugin and name',
      using(async (store) => {
        const records = [
          scheduleRecord('tidy'),
          scheduleRecord('tidy', { plugin: 'other', isPaused: true, lastSlot: 7 }),
          scheduleRecord('sum', { times: { kind: 'cron', expression: '5 * * * *', timeZone: 'UTC' } }),
          scheduleRecord('tea', {
            times: { kind: 'at', date: new Date(5_000) },
            task: 'deliver',
            data: '{"chat":7}',
            nextSlot: undefined,
            used: [
              [1, 2],
              [5, 9],
            ],
          }),
        ]
        for (const record of records) await put(store, record)
        for (const record of records) expect(await store.find(record.plugin, record.name)).toEqual(record)
        expect(await store.all('other')).toEqual([records[1]])
        expect(await Promise.all(['notes', 'other', 'none'].map((name) => store.count(name)))).toEqual([
          3, 1, 0,
        ])
        expect(await store.all()).toHaveLength(records.length)
        expect(await store.find('notes', 'unknown')).toBeUndefined()
      }),
    )

    test(
      'changes a record from what it is, and deletes it',
      using(async (store) => {
        await put(store, scheduleRecord('tidy'))
        const changes = Array.from({ length: 20 }, () =>
          store.update('notes', 'tidy', (before) => before && { ...before, anchor: before.anchor + 1 }),
        )
        await Promise.all(changes)
        expect(await store.find('notes', 'tidy')).toMatchObject({ anchor: 20 })
        expect(await store.update('notes', 'tidy', () => undefined)).toBeUndefined()
        expect(await store.update('notes', 'tidy', (before) => before)).toBeUndefined()
        expect(await store.all()).toEqual([])
      }),
    )

    test(
      'lets one of many take a slot',
      using(async (store) => {
        const record = scheduleRecord('tidy')
        await put(store, record)
        const taken = await Promise.all(Array.from({ length: 10 }, () => store.advance(record, progress)))
        expect(taken.filter(Boolean)).toHaveLength(1)
        expect(await store.find('notes', 'tidy')).toEqual({ ...record, ...progress })
      }),
    )

    test(
      'lets nobody take a slot that is not the next one, is paused, over or gone',
      using(async (store) => {
        const record = scheduleRecord('tidy')
        expect(await store.advance(record, progress)).toBe(false)
        await put(store, { ...record, nextSlot: 2_000 })
        expect(await store.advance(record, progress)).toBe(false)
        await put(store, { ...record, nextSlot: undefined })
        expect(await store.advance(record, progress)).toBe(false)
        await put(store, { ...record, isPaused: true })
        expect(await store.advance(record, progress)).toBe(false)
        expect(await store.find('notes', 'tidy')).toEqual({ ...record, isPaused: true })
      }),
    )
  })
}
