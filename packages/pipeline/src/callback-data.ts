import { createHash } from 'node:crypto'
import { DeliveryError } from '@pluggram/sdk'
import type { Button, Reply } from '@pluggram/sdk'

/**
 * Telegram allows 64 bytes of callback data; five of them name the plugin that made the button.
 */
const MAX_DATA_BYTES = 59

/**
 * The four-character tag in a button's wire data, `TAG:data`. It is a hash of the plugin's name, so
 * buttons sent before a restart still find their plugin.
 */
export function callbackTag(pluginName: string): string {
  return createHash('sha256').update(pluginName).digest('base64url').slice(0, 4)
}

/** Splits wire data into tag and data; `undefined` for data that no plugin made. */
export function parseCallbackData(wire: string): { tag: string; data: string } | undefined {
  return wire[4] === ':' ? { tag: wire.slice(0, 4), data: wire.slice(5) } : undefined
}

/**
 * The reply with its buttons' data in wire form.
 * @throws DeliveryError `reply-invalid` when a button's data is empty or over 59 bytes.
 */
export function withWireButtons(reply: Reply, pluginName: string): Reply {
  const { buttons, previewButtons } = reply
  if (!buttons && !previewButtons) return reply
  return {
    ...reply,
    ...(buttons && { buttons: wireRows(buttons, pluginName) }),
    ...(previewButtons && { previewButtons: wireRows(previewButtons, pluginName) }),
  }
}

function wireRows(rows: readonly (readonly Button[])[], pluginName: string): Button[][] {
  const tag = callbackTag(pluginName)
  return rows.map((row) =>
    row.map((button) => {
      if ('url' in button) return button
      const bytes = Buffer.byteLength(String(button.data ?? ''))
      if (bytes === 0 || bytes > MAX_DATA_BYTES) {
        throw new DeliveryError(
          'reply-invalid',
          `The button "${button.text}" of plugin ${pluginName} carries ${bytes} bytes of data; 1 to ${MAX_DATA_BYTES} are possible. Keep longer data in services.store and put its key into the button.`,
        )
      }
      return { ...button, data: `${tag}:${button.data}` }
    }),
  )
}
