import { constants } from 'node:sqlite'

/** Pragmas that only read information about tables. */
const READ_PRAGMAS = new Set([
  'data_version',
  'foreign_key_list',
  'index_info',
  'index_list',
  'index_xinfo',
  'table_info',
  'table_list',
  'table_xinfo',
])
const MODULES = new Set(['fts5', 'fts5vocab', 'rtree'])
const FORBIDDEN_FUNCTIONS = new Set(['load_extension', 'fts3_tokenizer', 'readfile', 'writefile', 'edit'])
const READS: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_PRAGMA,
])

/**
 * Limits SQL to the file's own tables: no other files, no connection settings, no code, and no
 * transactions of its own, as one is already open around it.
 */
export function createSqliteGuard({ isReadOnly }: { readonly isReadOnly: boolean }): {
  check(action: number, first: string | null, second: string | null): number
  /** Runs our own SQL without limits. */
  without<T>(work: () => T): T
} {
  let isOurs = false
  return {
    check(action, first, second) {
      if (isOurs) return constants.SQLITE_OK
      if (isReadOnly && !READS.has(action)) return constants.SQLITE_DENY
      return isAllowed(action, first, second) ? constants.SQLITE_OK : constants.SQLITE_DENY
    },
    without(work) {
      isOurs = true
      try {
        return work()
      } finally {
        isOurs = false
      }
    },
  }
}

function isAllowed(action: number, first: string | null, second: string | null): boolean {
  switch (action) {
    case constants.SQLITE_ATTACH:
    case constants.SQLITE_DETACH:
    case constants.SQLITE_TRANSACTION:
    case constants.SQLITE_SAVEPOINT:
      return false
    case constants.SQLITE_PRAGMA:
      return READ_PRAGMAS.has((first ?? '').toLowerCase())
    case constants.SQLITE_CREATE_VTABLE:
    case constants.SQLITE_DROP_VTABLE:
      return MODULES.has((second ?? '').toLowerCase())
    case constants.SQLITE_FUNCTION:
      return !FORBIDDEN_FUNCTIONS.has((second ?? '').toLowerCase())
    default:
      return true
  }
}
