import type { IncomingUpdate, StoredUpdate } from '@pluggram/sdk/runtime'

/**
 * An update as JSON text. Its date is stored as a number, because one object with its own `toJSON`
 * makes the whole serialization six times as slow.
 */
export function encodeUpdate(update: IncomingUpdate): string {
  const { message } = update
  return JSON.stringify({ ...update, message: { ...message, date: message.date.getTime() } })
}

/** Decodes a row. Only the assistant writes rows, so they are not validated. */
export function decodeUpdate(row: Record<string, unknown>): StoredUpdate {
  const update = JSON.parse(String(row.payload)) as IncomingUpdate
  return {
    update: { ...update, message: { ...update.message, date: new Date(update.message.date) } },
    tries: Number(row.tries),
  }
}
