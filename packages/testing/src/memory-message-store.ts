import type { SentMessage } from '@pluggram/sdk'
import { OWN_MESSAGE, POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import type { MessageStore, OutboxRow, OutgoingMessage } from '@pluggram/sdk/runtime'

interface InboxRow {
  readonly update: IncomingUpdate
  readonly receivedAt: Date
  state: 'new' | 'done' | 'parked'
  sequence: number
  tries: number
  reason: string
}

interface MemoryRow {
  readonly id: number
  readonly updateId: number
  readonly key?: string
  readonly index: number
  readonly message: OutgoingMessage
  state: 'unsent' | 'sending' | 'sent' | 'failed'
  sentMessageId?: number
}

const PREVIEW_KEY = ' preview'
const HELD = 'held'

/** A message store in memory, for tests of the layers above it. */
export function createMemoryMessageStore(): MessageStore {
  const inbox = new Map<number, InboxRow>()
  const outbox = new Map<number, MemoryRow>()
  const authors = new Map<string, string>()
  const questions = new Map<string, number>()
  let sequence = 0
  let nextId = 1

  const inState = (state: InboxRow['state']): InboxRow[] =>
    [...inbox.values()].filter((row) => row.state === state).toSorted((a, b) => a.sequence - b.sequence)

  function add(updateId: number, message: OutgoingMessage, index: number, key?: string): OutboxRow {
    const row: MemoryRow = {
      id: nextId++,
      updateId,
      index,
      message,
      state: 'unsent',
      ...(key !== undefined && { key }),
    }
    outbox.set(row.id, row)
    return toRow(row)
  }

  const isUnsent = ({ state }: MemoryRow): boolean => state === 'unsent' || state === 'sending'
  const unsent = (): MemoryRow[] => [...outbox.values()].filter(isUnsent)

  function noteBeginning(updateId: number): void {
    const row = inbox.get(updateId)
    if (row?.state === 'new') row.tries += 1
  }

  function note(plugin: string, sent: SentMessage, questionId?: number): void {
    const place = placeOf(sent)
    if (!authors.has(place)) authors.set(place, plugin)
    if (questionId !== undefined && authors.get(place) === plugin && !questions.has(place))
      questions.set(place, questionId)
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
    async merge(whole, partIds) {
      const row = inbox.get(whole.updateId)
      if (row?.state === 'new') inbox.set(whole.updateId, { ...row, update: whole })
      for (const id of partIds) {
        const part = inbox.get(id)
        if (part?.state === 'new') part.state = 'done'
      }
    },
    async begin(updateId) {
      noteBeginning(updateId)
    },
    beginSoon: noteBeginning,
    async finish(updateId, messages) {
      const row = inbox.get(updateId)
      if (row?.state === 'new') row.state = 'done'
      for (const item of outbox.values()) {
        if (item.updateId === updateId && item.key !== undefined && item.state === 'sent')
          outbox.delete(item.id)
      }
      return messages.map((message, index) => add(updateId, message, index))
    },
    async post(messages) {
      return messages.map((message, index) => add(POSTED_UPDATE_ID, message, index))
    },
    async addInterim(updateId, key, messages) {
      return messages.map((message, index) => {
        const known = [...outbox.values()].find(
          (row) => row.updateId === updateId && row.key === key && row.index === index,
        )
        return known ? toInterim(known) : add(updateId, message, index, key)
      })
    },
    interim: async (updateId, key) =>
      [...outbox.values()].filter((row) => row.updateId === updateId && row.key === key).map(toInterim),
    async notePreview(updateId, chatId, sentMessageId) {
      const id = nextId++
      const message = { chatId, content: null, policy: 'at-most-once' } as const
      const row = {
        id,
        updateId,
        key: PREVIEW_KEY,
        index: id,
        message,
        state: 'sent',
        sentMessageId,
      } as const
      outbox.set(id, { ...row })
    },
    previews: async (updateId) =>
      [...outbox.values()]
        .filter((row) => row.updateId === updateId && row.key === PREVIEW_KEY)
        .map(({ sentMessageId = 0 }) => sentMessageId),
    async park(updateId, reason) {
      const row = inbox.get(updateId)
      if (row?.state === 'new') Object.assign(row, { state: 'parked', reason })
    },
    async hold(updateId) {
      const row = inbox.get(updateId)
      if (row?.state === 'new') Object.assign(row, { state: 'parked', reason: HELD })
    },
    held: async () => inState('parked').flatMap(({ reason, update }) => (reason === HELD ? [update] : [])),
    async markSending(rowId) {
      const row = outbox.get(rowId)
      if (row) row.state = 'sending'
    },
    async markUnsent(rowId) {
      const row = outbox.get(rowId)
      if (row?.state === 'sending') row.state = 'unsent'
    },
    async markSent({ id, plugin = OWN_MESSAGE, questionId }, sent) {
      note(plugin, sent, questionId)
      const row = outbox.get(id)
      if (!row) return
      if (row.key === undefined) outbox.delete(id)
      else Object.assign(row, { state: 'sent', sentMessageId: sent.id })
    },
    authorOf: async (chatId, messageId) => authors.get(placeOf({ chatId, id: messageId })),
    answersTo: async (chatId, questionId, plugin) =>
      [...questions]
        .filter(([place, asked]) => asked === questionId && authors.get(place) === plugin)
        .map(([place]) => place.split('/').map(Number))
        .flatMap(([chat, id = 0]) => (chat === chatId ? [id] : []))
        .toSorted((one, other) => one - other),
    async noteSent(plugin, messages) {
      for (const sent of messages) note(plugin, sent)
    },
    async markFailed(rowId) {
      const row = outbox.get(rowId)
      if (row) row.state = 'failed'
    },
    async moveChat(from, to) {
      for (const row of outbox.values()) {
        if (row.message.chatId === from)
          outbox.set(row.id, { ...row, message: { ...row.message, chatId: to } })
      }
    },
    async *unfinished(chatId) {
      for (const row of inState('new')) {
        const { update, tries, state } = row
        const isWanted = chatId === undefined || update.chat.id === chatId
        if (isWanted && state === 'new') yield [{ update, tries }]
      }
    },
    async waiting(updateId) {
      const row = inbox.get(updateId)
      return row?.state === 'new' ? { update: row.update, tries: row.tries } : undefined
    },
    async *unsent(chatId) {
      for (const row of unsent()) {
        const isWanted = chatId === undefined || row.message.chatId === chatId
        if (isWanted && outbox.has(row.id) && isUnsent(row)) yield [toRow(row)]
      }
    },
    async left() {
      const open = inState('new')
      const begun = open.filter(({ tries }) => tries > 0)
      return { updates: open.length, begun: begun.length, messages: unsent().length }
    },
    async parked() {
      const parked = inState('parked').filter(({ reason }) => reason !== HELD)
      return parked.map(({ update, tries, reason, receivedAt }) => ({
        update,
        tries,
        reason,
        receivedAt,
      }))
    },
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

function placeOf({ chatId, id }: SentMessage): string {
  return `${chatId}/${id}`
}

function toInterim(row: MemoryRow): OutboxRow {
  const isOver = row.state === 'sent' || row.state === 'failed'
  return { ...toRow(row), ...(isOver && { sentMessageId: row.sentMessageId ?? 0 }) }
}

function toRow({ id, updateId, message, state }: MemoryRow): OutboxRow {
  return { ...message, id, updateId, isAmbiguous: state === 'sending' }
}
