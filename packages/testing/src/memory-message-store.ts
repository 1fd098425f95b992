import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import type { InterimPart, MessageStore, OutboxEntry, OutboxPart } from '@pluggram/sdk/runtime'

interface InboxRow {
  readonly update: IncomingUpdate
  readonly receivedAt: Date
  state: 'new' | 'done' | 'parked'
  sequence: number
  tries: number
  reason: string
}

interface OutboxRow {
  readonly id: number
  readonly updateId: number
  readonly key?: string
  readonly index: number
  readonly part: OutboxPart
  state: 'unsent' | 'sending' | 'sent' | 'failed'
  sentMessageId?: number
}

/** A message store that forgets everything with the process: for tests of what stands on top of one. */
export function createMemoryMessageStore(): MessageStore {
  const inbox = new Map<number, InboxRow>()
  const outbox = new Map<number, OutboxRow>()
  let sequence = 0
  let nextId = 1

  const inState = (state: InboxRow['state']): InboxRow[] =>
    [...inbox.values()].filter((row) => row.state === state).toSorted((a, b) => a.sequence - b.sequence)

  function add(updateId: number, part: OutboxPart, index: number, key?: string): OutboxEntry {
    const row: OutboxRow = {
      id: nextId++,
      updateId,
      index,
      part,
      state: 'unsent',
      ...(key !== undefined && { key }),
    }
    outbox.set(row.id, row)
    return toEntry(row)
  }

  function noteBeginning(updateId: number): void {
    const row = inbox.get(updateId)
    if (row?.state === 'new') row.tries += 1
  }

  return {
    async accept(updates) {
      return updates.flatMap((update) => {
        if (inbox.has(update.updateId)) return []
        inbox.set(update.updateId, {
          update,
          receivedAt: new Date(),
          state: 'new',
          sequence: ++sequence,
          tries: 0,
          reason: '',
        })
        return [{ update, tries: 0 }]
      })
    },
    async begin(updateId) {
      noteBeginning(updateId)
    },
    beginSoon: noteBeginning,
    async finish(updateId, parts) {
      const row = inbox.get(updateId)
      if (row?.state === 'new') row.state = 'done'
      for (const item of outbox.values()) {
        if (item.updateId === updateId && item.key !== undefined && item.state === 'sent')
          outbox.delete(item.id)
      }
      return parts.map((part, index) => add(updateId, part, index))
    },
    async post(parts) {
      return parts.map((part, index) => add(POSTED_UPDATE_ID, part, index))
    },
    async addInterim({ updateId, key, parts }) {
      return parts.map((part, index) => {
        const known = [...outbox.values()].find(
          (row) => row.updateId === updateId && row.key === key && row.index === index,
        )
        return known ? toInterim(known) : { entry: add(updateId, part, index, key) }
      })
    },
    interim: (updateId, key) =>
      [...outbox.values()].filter((row) => row.updateId === updateId && row.key === key).map(toInterim),
    async park(updateId, reason) {
      const row = inbox.get(updateId)
      if (row?.state === 'new') Object.assign(row, { state: 'parked', reason })
    },
    async markSending(entryId) {
      const row = outbox.get(entryId)
      if (row) row.state = 'sending'
    },
    async markUnsent(entryId) {
      const row = outbox.get(entryId)
      if (row?.state === 'sending') row.state = 'unsent'
    },
    async markSent(entryId, sentMessageId) {
      const row = outbox.get(entryId)
      if (!row) return
      if (row.key === undefined) outbox.delete(entryId)
      else Object.assign(row, { state: 'sent', sentMessageId })
    },
    async markFailed(entryId) {
      const row = outbox.get(entryId)
      if (row) row.state = 'failed'
    },
    async moveChat(from, to) {
      for (const row of outbox.values()) {
        if (row.part.chatId === from) outbox.set(row.id, { ...row, part: { ...row.part, chatId: to } })
      }
    },
    unfinished: () => inState('new').map(({ update, tries }) => ({ update, tries })),
    waiting(updateId) {
      const row = inbox.get(updateId)
      return row?.state === 'new' ? { update: row.update, tries: row.tries } : undefined
    },
    unsent: () =>
      [...outbox.values()].filter((row) => row.state === 'unsent' || row.state === 'sending').map(toEntry),
    parked: () =>
      inState('parked').map(({ update, tries, reason, receivedAt }) => ({
        update,
        tries,
        reason,
        receivedAt,
      })),
    async replay(updateId) {
      const row = inbox.get(updateId)
      if (row?.state !== 'parked') return undefined
      Object.assign(row, { state: 'new', tries: 0, sequence: ++sequence })
      return { update: row.update, tries: 0 }
    },
    async drop(updateId) {
      const row = inbox.get(updateId)
      if (row?.state !== 'parked') return false
      row.state = 'done'
      return true
    },
    failure: () => undefined,
    async forgetOld() {},
    async close() {},
  }
}

function toInterim(row: OutboxRow): InterimPart {
  const isOver = row.state === 'sent' || row.state === 'failed'
  return { entry: toEntry(row), ...(isOver && { sentMessageId: row.sentMessageId ?? 0 }) }
}

function toEntry({ id, updateId, part, state }: OutboxRow): OutboxEntry {
  return { ...part, id, updateId, isAmbiguous: state === 'sending' }
}
