import { z } from '@pluggram/sdk'

/** A group became a supergroup and got a new id (Bot API: Message.migrate_to_chat_id). */
export interface ChatMigration {
  readonly from: number
  readonly to: number
}

const migrationUpdate = z.object({
  message: z.object({
    chat: z.object({ id: z.int() }),
    migrate_to_chat_id: z.int().optional(),
    migrate_from_chat_id: z.int().optional(),
  }),
})

/**
 * Reads the service message of a migration. Telegram sends it to the old chat and to the new one.
 */
export function readMigration(raw: unknown): ChatMigration | undefined {
  const parsed = migrationUpdate.safeParse(raw)
  if (!parsed.success) return undefined
  const { chat, migrate_to_chat_id: to, migrate_from_chat_id: from } = parsed.data.message
  if (to !== undefined) return { from: chat.id, to }
  return from === undefined ? undefined : { from, to: chat.id }
}

/** Reports the migration of a chat, if this is one. No plugin handles such updates. */
export function noteMigration(
  raw: unknown,
  tell: ((from: number, to: number) => void) | undefined,
): undefined {
  const migration = readMigration(raw)
  if (migration) tell?.(migration.from, migration.to)
}
