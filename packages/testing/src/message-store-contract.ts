import { describe, expect, test } from 'vitest'
import { OWN_MESSAGE, POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type {
  IncomingUpdate,
  MessageStore,
  OutboxRow,
  OutgoingMessage,
  StoredUpdate,
} from '@pluggram/sdk/runtime'

/** An update with the members that a store reads. */
export function storedText(updateId: number, text = `text ${updateId}`): IncomingUpdate {
  return {
    updateId,
    kind: 'message',
    chat: { id: 7, type: 'private' },
    user: { id: 7, firstName: 'Ada', isBot: false },
    message: {
      id: updateId,
      text,
      entities: [],
      attachments: [],
      date: new Date(1_700_000_000_000),
      isEdited: false,
      isAddressed: true,
    },
  }
}

export function outboxPart(
  text: string,
  policy: OutgoingMessage['policy'] = 'at-least-once',
): OutgoingMessage {
  return { chatId: 7, content: { text }, policy }
}

/** All unfinished updates. */
export async function unfinished(store: MessageStore, chatId?: number): Promise<readonly StoredUpdate[]> {
  return (await Array.fromAsync(store.unfinished(chatId))).flat()
}

/** All unsent messages. */
export async function unsent(store: MessageStore, chatId?: number): Promise<readonly OutboxRow[]> {
  return (await Array.fromAsync(store.unsent(chatId))).flat()
}

/** The contract of every message store; each driver runs it. */
export function messageStoreContract(
  create: () => { store: MessageStore; close?(): Promise<void> | void },
): void {
  describe('message store contract', () => {
    const using = (run: (store: MessageStore) => Promise<void>) => async () => {
      const { store, close } = create()
      try {
        await run(store)
      } finally {
        await store.close()
        await close?.()
      }
    }
    const ids = (items: readonly { update: IncomingUpdate }[]): number[] =>
      items.map((item) => item.update.updateId)

    test(
      'accepts each id once, in whatever order ids come, and keeps the order of arrival',
      using(async (store) => {
        expect(ids(await store.accept([storedText(900), storedText(5)]))).toEqual([900, 5])
        expect(ids(await store.accept([storedText(5), storedText(77), storedText(77)]))).toEqual([77])
        expect(ids(await unfinished(store))).toEqual([900, 5, 77])
        expect((await unfinished(store))[0]?.update).toEqual(storedText(900))
        expect(await store.waiting(5)).toEqual({ update: storedText(5), tries: 0 })
        await store.finish(5, [])
        expect(await store.waiting(5)).toBeUndefined()
        expect(await store.waiting(6)).toBeUndefined()
      }),
    )

    test(
      'a finished update is done for good, and its parts wait in the outbox in order',
      using(async (store) => {
        await store.accept([storedText(1), storedText(2)])
        const entries = await store.finish(1, [outboxPart('a'), outboxPart('b', 'at-most-once')])
        expect(entries.map((entry) => entry.content)).toEqual([{ text: 'a' }, { text: 'b' }])
        expect(ids(await unfinished(store))).toEqual([2])
        expect(await store.accept([storedText(1)])).toEqual([])
        expect(await unsent(store)).toEqual(entries)
        await store.markSent({ id: entries[0]?.id ?? 0 }, { id: 10, chatId: 7 })
        expect(await unsent(store)).toEqual([entries[1]])
      }),
    )

    test(
      'the messages of an answer are known by what they answer, also one that began as a preview',
      using(async (store) => {
        await store.accept([storedText(1)])
        const answer = { ...outboxPart('a'), plugin: 'echo', questionId: 5 }
        const [row] = await store.finish(1, [answer, { ...answer, questionId: 6 }])
        expect((await unsent(store))[0]).toMatchObject({ questionId: 5 })
        const of = (plugin: string) => ({ id: row?.id ?? 0, plugin, questionId: 5 })
        await store.noteSent('echo', [{ id: 12, chatId: 7 }])
        for (const id of [12, 11, 5_000]) await store.markSent(of('echo'), { id, chatId: 7 })
        await store.markSent(of('echo'), { id: 13, chatId: 8 })
        await store.markSent(of('other'), { id: 14, chatId: 7 })
        await store.markSent({ ...of('other'), questionId: 9 }, { id: 12, chatId: 7 })
        expect((await store.answersTo(7, 5, 'echo')).filter((id) => id < 1_000)).toEqual([11, 12])
        expect(await store.answersTo(7, 6, 'echo')).toEqual([])
      }),
    )

    test(
      'updates that became one are one: the others are done, and their ids stay known',
      using(async (store) => {
        await store.accept([storedText(1), storedText(2), storedText(3), storedText(4)])
        await store.finish(3, [])
        const whole = storedText(2, 'all together')
        await store.merge(whole, [1, 3])
        expect(await unfinished(store)).toEqual([
          { update: whole, tries: 0 },
          { update: storedText(4), tries: 0 },
        ])
        expect(await store.accept([storedText(1), storedText(2)])).toEqual([])
        await store.finish(4, [])
        await store.merge(storedText(4, 'too late'), [])
        expect(ids(await unfinished(store))).toEqual([2])
      }),
    )

    test(
      'a preview is known until its update is finished, and is never sent',
      using(async (store) => {
        await store.accept([storedText(1), storedText(2)])
        await store.notePreview(1, 7, 40)
        await store.notePreview(1, 7, 41)
        expect(await store.previews(1)).toEqual([40, 41])
        expect(await store.previews(2)).toEqual([])
        expect(await unsent(store)).toEqual([])
        await store.finish(1, [outboxPart('a')])
        expect(await store.previews(1)).toEqual([])
        expect(await unsent(store)).toMatchObject([{ content: { text: 'a' } }])
      }),
    )

    test(
      'what waits can be read of one chat alone, and be counted',
      using(async (store) => {
        const other = storedText(2)
        await store.accept([
          storedText(1),
          { ...other, chat: { ...other.chat, id: -5 } },
          storedText(3),
          storedText(4),
        ])
        await store.begin(3)
        await store.finish(4, [outboxPart('a'), { ...outboxPart('b'), chatId: -5 }, outboxPart('c')])
        expect(ids(await unfinished(store, 7))).toEqual([1, 3])
        expect(ids(await unfinished(store, -5))).toEqual([2])
        expect(await unfinished(store, 8)).toEqual([])
        expect((await unsent(store, 7)).map(({ content }) => content)).toEqual([{ text: 'a' }, { text: 'c' }])
        expect((await unsent(store, -5)).map(({ content }) => content)).toEqual([{ text: 'b' }])
        expect(await store.left()).toEqual({ updates: 3, begun: 1, messages: 3 })
      }),
    )

    test(
      'many are read in pages, in order; what is done while they are read is left out',
      using(async (store) => {
        const numbers = Array.from({ length: 1_000 }, (_, at) => at + 1)
        await store.accept(numbers.map((id) => storedText(id)))
        const rows = await store.post(numbers.map((id) => outboxPart(String(id))))
        const [updates, messages]: [number[], number[]] = [[], []]
        for await (const page of store.unfinished()) {
          expect(page.length).toBeLessThan(1_000)
          if (updates.length === 0) await Promise.all([store.finish(999, []), store.park(1_000, 'poison')])
          updates.push(...ids(page))
        }
        for await (const page of store.unsent()) {
          expect(page.length).toBeLessThan(1_000)
          if (messages.length === 0) await store.markSent({ id: rows.at(-1)?.id ?? 0 }, { id: 1, chatId: 7 })
          messages.push(...page.map(({ id }) => id))
        }
        expect(updates).toEqual(numbers.slice(0, 998))
        expect(messages).toEqual(rows.slice(0, 999).map(({ id }) => id))
      }),
    )

    test(
      'messages that answer no update wait like all others, and broadcasts are known as such',
      using(async (store) => {
        const [first] = await store.post([{ ...outboxPart('news'), isBroadcast: true }, outboxPart('alarm')])
        expect(await unsent(store)).toMatchObject([
          { updateId: POSTED_UPDATE_ID, content: { text: 'news' }, isBroadcast: true },
          { updateId: POSTED_UPDATE_ID, content: { text: 'alarm' } },
        ])
        expect((await unsent(store))[1]).not.toHaveProperty('isBroadcast')
        await store.markSent({ id: first?.id ?? 0 }, { id: 5, chatId: 7 })
        expect(await unsent(store)).toHaveLength(1)
        expect(await unfinished(store)).toEqual([])
      }),
    )

    test(
      'what waits for a group goes to its new id',
      using(async (store) => {
        await store.post([outboxPart('a'), { ...outboxPart('b'), chatId: -5 }])
        await store.moveChat(-5, -1005)
        expect((await unsent(store)).map(({ chatId }) => chatId)).toEqual([7, -1005])
      }),
    )

    test(
      'each sent message knows the plugin that sent it, also after a restart of the update',
      using(async (store) => {
        await store.accept([storedText(1)])
        const [first, own] = await store.post([{ ...outboxPart('a'), plugin: 'dice' }, outboxPart('b')])
        expect((await unsent(store)).map(({ plugin }) => plugin)).toEqual(['dice', undefined])
        expect(await store.authorOf(7, 20)).toBeUndefined()
        if (first) await store.markSent(first, { id: 20, chatId: 7 })
        if (own) await store.markSent(own, { id: 21, chatId: 7 })
        const [interim] = await store.addInterim(1, 'dice:1', [{ ...outboxPart('c'), plugin: 'dice' }])
        if (interim) await store.markSent(interim, { id: 22, chatId: -1007 })
        await store.noteSent('feeds', [{ id: 23, chatId: 7 }])
        // an edit by somebody else changes nothing
        await store.noteSent('feeds', [{ id: 20, chatId: 7 }])
        const authors = await Promise.all([20, 21, 22, 23].map((id) => store.authorOf(7, id)))
        expect(authors).toEqual(['dice', OWN_MESSAGE, undefined, 'feeds'])
        expect(await store.authorOf(-1007, 22)).toBe('dice')
      }),
    )

    test(
      'bytes come back as they were',
      using(async (store) => {
        await store.accept([storedText(1)])
        await store.finish(1, [{ ...outboxPart('file'), bytes: new Uint8Array([0, 255, 7]) }])
        expect([...((await unsent(store))[0]?.bytes ?? [])]).toEqual([0, 255, 7])
      }),
    )

    test(
      'a part that was being sent is ambiguous, one that was given up is gone',
      using(async (store) => {
        await store.accept([storedText(1)])
        const [first, second] = await store.finish(1, [outboxPart('a', 'at-most-once'), outboxPart('b')])
        await store.markSending(first?.id ?? 0)
        await store.markUnsent(first?.id ?? 0)
        expect((await unsent(store))[0]).toEqual(first)
        await store.markSending(first?.id ?? 0)
        await store.markFailed(second?.id ?? 0, 'refused')
        expect(await unsent(store)).toEqual([{ ...first, isAmbiguous: true }])
      }),
    )

    test(
      'an interim reply is known when its update is tried again, until the update is finished',
      using(async (store) => {
        await store.accept([storedText(1)])
        const messages = [outboxPart('working'), outboxPart('hard')]
        expect(await store.interim(1, 'dice:1')).toEqual([])
        const [first, second] = await store.addInterim(1, 'dice:1', messages)
        expect(second).not.toHaveProperty('sentMessageId')
        await store.markSent({ id: first?.id ?? 0 }, { id: 55, chatId: 7 })
        const again = await store.addInterim(1, 'dice:1', messages)
        expect(await store.interim(1, 'dice:1')).toEqual(again)
        expect(again[0]).toMatchObject({ id: first?.id, sentMessageId: 55 })
        expect(again[1]).toEqual(second)
        await store.finish(1, [])
        expect((await unsent(store)).map((row) => row.id)).toEqual([second?.id])
      }),
    )

    test(
      'tries are counted; parked updates can be seen, replayed and dropped',
      using(async (store) => {
        await store.accept([storedText(1), storedText(2)])
        await store.begin(1)
        await store.begin(1)
        expect((await unfinished(store))[0]).toMatchObject({ tries: 2 })
        await store.park(1, 'it ended the assistant')
        await store.park(2, 'so did this')
        expect(await unfinished(store)).toEqual([])
        expect(await store.parked()).toMatchObject([
          { update: { updateId: 1 }, tries: 2, reason: 'it ended the assistant' },
          { update: { updateId: 2 } },
        ])
        expect(await store.replay(1)).toMatchObject({ update: storedText(1), tries: 0 })
        expect(await store.replay(1)).toBeUndefined()
        expect(ids(await unfinished(store))).toEqual([1])
        expect(await store.drop(2)).toBe(true)
        expect(await store.drop(2)).toBe(false)
        expect(await store.parked()).toEqual([])
        expect(await store.accept([storedText(2)])).toEqual([])
      }),
    )
  })
}
