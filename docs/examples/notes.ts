import { definePlugin } from '@pluggram/sdk'

/** Keeps notes per chat in a table of its own, and forgets old ones at night. */
export default definePlugin({
  name: 'notes',
  description: 'Keeps notes',
  permissions: { database: true },
  commands: {
    note: {
      description: 'Keep a note, or list them',
      usage: '/note buy milk',
      async execute(text, { services, chat }) {
        if (text !== '') {
          await services.database.query('INSERT INTO notes (chat, body, made_at) VALUES (?, ?, ?)', [
            chat.id,
            text,
            Date.now(),
          ])
          return { success: true, response: 'Kept.' }
        }
        const rows = await services.database.query<{ body: string }>(
          'SELECT body FROM notes WHERE chat = ? ORDER BY id DESC LIMIT 20',
          [chat.id],
        )
        return { success: true, response: rows.map(({ body }) => `• ${body}`).join('\n') || 'No notes.' }
      },
    },
  },
  schedules: {
    forget: {
      cron: '0 4 * * *',
      missed: 'once',
      async execute({ services, scheduledFor }) {
        const week = 7 * 86_400_000
        await services.database.query('DELETE FROM notes WHERE made_at < ?', [scheduledFor.getTime() - week])
      },
    },
  },
  async setup({ services }) {
    await services.database.migrate([
      'CREATE TABLE notes (id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, body TEXT NOT NULL, made_at INTEGER NOT NULL)',
    ])
  },
})
