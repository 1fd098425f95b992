import { createRequire } from 'node:module'
import type mysql from 'mysql2'
import type pg from 'pg'

// Loaded at their first use: few homes have an outside database, and both together would take a
// tenth of every start and a quarter of every other command.
const require = createRequire(import.meta.url)

/** The driver for PostgreSQL. */
export const loadPostgres = () => require('pg') as typeof pg

/** The driver for MySQL and MariaDB. */
export const loadMysql = () => require('mysql2') as typeof mysql
