import { randomInt } from 'node:crypto'
import { z } from '@pluggram/sdk'
import type { DatabaseService, SqlStatement } from '@pluggram/sdk'
import type { Scope } from './scope.ts'
import type { Passage } from './split-text.ts'

/** Each step runs exactly once. */
const MIGRATIONS = [
  `CREATE TABLE documents (
    id INTEGER PRIMARY KEY, scope TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, hash TEXT NOT NULL,
    added_by INTEGER NOT NULL, added_at INTEGER NOT NULL, passages INTEGER NOT NULL, UNIQUE (scope, source))`,
  `CREATE TABLE passages (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL, place TEXT NOT NULL)`,
  'CREATE INDEX passages_document ON passages (document)',
  'CREATE TABLE vectors (passage INTEGER PRIMARY KEY, scope TEXT NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL)',
  'CREATE INDEX vectors_scope ON vectors (scope, model)',
  // headings say what a passage is about, often in words that it does not repeat
  "CREATE VIRTUAL TABLE phrases USING fts5(heading, text, tokenize = 'porter unicode61 remove_diacritics 2')",
]
/** A word in a heading counts more than one in the text. */
const HEADING_WEIGHT = 2

/** The prefix of the source of a document that comes from a folder. */
export const FOLDER_SOURCE = 'folder:'
const PASSAGES_PER_STATEMENT = 50
/** A passage's id consists of its document's id and its position in it. */
const MAX_PASSAGES = 10_000
const MAX_DOCUMENT_ID = 2 ** 38

const documentSchema = z.object({
  id: z.number(),
  scope: z.string(),
  title: z.string(),
  source: z.string(),
  hash: z.string(),
  added_by: z.number(),
  added_at: z.number(),
  passages: z.number(),
})
/** A stored document. */
export type StoredDocument = z.infer<typeof documentSchema>

const foundSchema = z.object({ id: z.number(), title: z.string(), place: z.string(), text: z.string() })
/** A passage with its place in the document. */
export type FoundPassage = z.infer<typeof foundSchema>

export interface NewDocument {
  readonly scope: Scope
  readonly title: string
  /** Identifies the document within its scope: a new one with the same source replaces it. */
  readonly source: string
  readonly hash: string
  readonly addedBy: number
  readonly passages: readonly Passage[]
}

/**
 * The documents and their passages, in the plugin's own tables. Every search is limited to given
 * scopes.
 */
export class Library {
  readonly #database: DatabaseService
  readonly #now: () => number

  static async open(database: DatabaseService, now: () => number = Date.now): Promise<Library> {
    await database.migrate(MIGRATIONS)
    return new Library(database, now)
  }

  private constructor(database: DatabaseService, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /**
   * Adds a document, replacing an earlier one with the same source, in one transaction. Returns the
   * ids of its passages.
   */
  async add({ scope, title, source, hash, addedBy, passages }: NewDocument): Promise<number[]> {
    const id = randomInt(1, MAX_DOCUMENT_ID)
    const ids = passages.map((_, index) => id * MAX_PASSAGES + index)
    const old = await this.find(scope, source)
    await this.#database.transaction([
      ...(old ? removal(old.id) : []),
      {
        sql: 'INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        params: [id, scope, title, source, hash, addedBy, this.#now(), passages.length],
      },
      ...insertions(
        'passages (id, document, place)',
        passages.map(({ place }, index) => [ids[index] ?? 0, id, place]),
      ),
      ...insertions(
        'phrases (rowid, heading, text)',
        passages.map(({ place, text }, index) => [ids[index] ?? 0, `${title} ${place}`, text]),
      ),
    ])
    return ids
  }

  async find(scope: Scope, source: string): Promise<StoredDocument | undefined> {
    const rows = await this.#database.query('SELECT * FROM documents WHERE scope = ? AND source = ?', [
      scope,
      source,
    ])
    return documentSchema.safeParse(rows[0]).data
  }

  async list(scopes: readonly Scope[]): Promise<StoredDocument[]> {
    const rows = await this.#database.query(
      `SELECT * FROM documents WHERE scope IN (${marks(scopes)}) ORDER BY added_at, id`,
      scopes,
    )
    return z.array(documentSchema).parse(rows)
  }

  /** All documents from folders, of every scope. */
  async fromFolders(): Promise<StoredDocument[]> {
    const rows = await this.#database.query('SELECT * FROM documents WHERE substr(source, 1, ?) = ?', [
      FOLDER_SOURCE.length,
      FOLDER_SOURCE,
    ])
    return z.array(documentSchema).parse(rows)
  }

  /**
   * The documents that a user added, in whatever scope. Those for everybody are excluded: they are
   * not the user's alone.
   */
  async addedBy(userId: number): Promise<StoredDocument[]> {
    const rows = await this.#database.query(
      "SELECT * FROM documents WHERE scope = ? OR (added_by = ? AND scope <> 'everyone' AND substr(source, 1, ?) <> ?)",
      [`user:${userId}`, userId, FOLDER_SOURCE.length, FOLDER_SOURCE],
    )
    return z.array(documentSchema).parse(rows)
  }

  async remove(documentId: number): Promise<void> {
    await this.#database.transaction(removal(documentId))
  }

  /** The passages that share words with a question, best first. */
  async searchWords(words: string, scopes: readonly Scope[], limit: number): Promise<FoundPassage[]> {
    const rows = await this.#database.query(
      `SELECT passages.id, documents.title, passages.place, phrases.text
       FROM phrases JOIN passages ON passages.id = phrases.rowid JOIN documents ON documents.id = passages.document
       WHERE phrases MATCH ? AND documents.scope IN (${marks(scopes)})
       ORDER BY bm25(phrases, ${HEADING_WEIGHT}, 1) LIMIT ?`,
      [words, ...scopes, limit],
    )
    return z.array(foundSchema).parse(rows)
  }

  /** Passages by their ids, in the same order. */
  async passages(ids: readonly number[], scopes: readonly Scope[]): Promise<FoundPassage[]> {
    if (ids.length === 0) return []
    const rows = await this.#database.query(
      `SELECT passages.id, documents.title, passages.place, phrases.text
       FROM passages JOIN phrases ON phrases.rowid = passages.id JOIN documents ON documents.id = passages.document
       WHERE passages.id IN (${marks(ids)}) AND documents.scope IN (${marks(scopes)})`,
      [...ids, ...scopes],
    )
    const found = z.array(foundSchema).parse(rows)
    return ids.flatMap((id) => found.find((passage) => passage.id === id) ?? [])
  }

  async addVectors(
    scope: Scope,
    model: string,
    vectors: readonly { readonly passage: number; readonly vector: Uint8Array }[],
  ): Promise<void> {
    // adds nothing for a document that was deleted meanwhile
    await this.#database.transaction(
      vectors.map(({ passage, vector }) => ({
        sql: 'INSERT OR REPLACE INTO vectors SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM passages WHERE id = ?)',
        params: [passage, scope, model, vector, passage],
      })),
    )
  }

  /** Vectors of some scopes, page by page: at most `limit`, of passages after `after`. */
  async vectors(
    model: string,
    scopes: readonly Scope[],
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<{ passage: number; vector: Uint8Array }[]> {
    const rows = await this.#database.query(
      `SELECT passage, vector FROM vectors WHERE model = ? AND scope IN (${marks(scopes)}) AND passage > ?
       ORDER BY passage LIMIT ?`,
      [model, ...scopes, after, limit],
    )
    return z.array(z.object({ passage: z.number(), vector: z.instanceof(Uint8Array) })).parse(rows)
  }
}

function removal(documentId: number): SqlStatement[] {
  const first = documentId * MAX_PASSAGES
  const range = [first, first + MAX_PASSAGES - 1]
  return [
    { sql: 'DELETE FROM phrases WHERE rowid BETWEEN ? AND ?', params: range },
    { sql: 'DELETE FROM vectors WHERE passage BETWEEN ? AND ?', params: range },
    { sql: 'DELETE FROM passages WHERE document = ?', params: [documentId] },
    { sql: 'DELETE FROM documents WHERE id = ?', params: [documentId] },
  ]
}

function insertions(into: string, rows: readonly (readonly (string | number)[])[]): SqlStatement[] {
  return Array.from({ length: Math.ceil(rows.length / PASSAGES_PER_STATEMENT) }, (_, index) => {
    const some = rows.slice(index * PASSAGES_PER_STATEMENT, (index + 1) * PASSAGES_PER_STATEMENT)
    return {
      sql: `INSERT INTO ${into} VALUES ${some.map((row) => `(${marks(row)})`).join(', ')}`,
      params: some.flat(),
    }
  })
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
