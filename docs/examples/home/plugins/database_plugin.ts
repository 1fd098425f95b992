import { defineManifest } from '@pluggram/sdk'
import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

interface Book {
  readonly id: number
  readonly title: string
  readonly shelf: string
}

/** Looks a record up by its number: “book 2”. */
export default class DatabasePlugin {
  static readonly manifest = defineManifest({ permissions: { database: true } })

  readonly #services: Services
  readonly #isReady: Promise<void>

  constructor(_config: AssistantConfig, services: Services) {
    this.#services = services
    this.#isReady = services.database.migrate([
      'CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, shelf TEXT NOT NULL)',
      `INSERT INTO books (title, shelf) VALUES ('The Sea', 'A1'), ('The Hills', 'B4')`,
    ])
    // whoever asks is told; nobody may have asked yet
    this.#isReady.catch(() => {})
  }

  async processMessage(message: string, _context: MessageContext): Promise<PluginResult | undefined> {
    const id = /^book (\S+)$/i.exec(message)?.[1]
    if (id === undefined) return undefined
    await this.#isReady
    // what people write is a parameter, never a part of the statement
    const [book] = await this.#services.database.query<Book>('SELECT * FROM books WHERE id = ?', [id])
    return book ? { success: true, data: book } : { success: false, error: 'There is no such book.' }
  }

  async getStatus(): Promise<PluginStatus> {
    await this.#isReady
    const [count] = await this.#services.database.query<{ books: number }>(
      'SELECT count(*) AS books FROM books',
    )
    return { status: 'active', books: count?.books ?? 0 }
  }

  async cleanup(): Promise<void> {
    // the connection is the assistant's; what was begun is to end first
    await this.#isReady
  }
}
