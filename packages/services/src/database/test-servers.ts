import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A database server that a test started, with its own port and folder. */
export interface TestServer {
  readonly port: number
  stop(): Promise<void>
}

interface Account {
  readonly uid: number
  readonly gid: number
}

/** Where Debian puts PostgreSQL's programs; `undefined` when it is not installed. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql'
  const [newest] = existsSync(root) ? readdirSync(root).toSorted().toReversed() : []
  return newest === undefined ? undefined : path.join(root, newest, 'bin')
}

/** An authority of its own, a certificate that it signed, and a server that wants encryption. */
const CERTIFICATES = `
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=provider 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost 2>/dev/null
  printf 'subjectAltName=DNS:localhost' > names
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem 2>/dev/null
  chmod 600 server.key
  printf 'hostssl all all all scram-sha-256\\n' > data/pg_hba.conf`

export function findMariadb(): string | undefined {
  return ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd'].find((file) => existsSync(file))
}

/**
 * Starts PostgreSQL with a superuser `postgres` whose password is `s3cret-pw`. It refuses to run as
 * root.
 * @param isEncrypted it takes encrypted connections only; its own authority, whose certificate is
 *   `ca.pem` in its folder, signed its certificate for `localhost`
 */
export async function startPostgres(
  programs: string,
  isEncrypted = false,
): Promise<TestServer & { readonly folder: string }> {
  const { folder, account } = await prepare('postgres')
  const data = path.join(folder, 'data')
  const words = path.join(folder, 'password')
  await run('/bin/sh', ['-c', `printf s3cret-pw > ${words}`], { ...account })
  const init = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${words}`,
    '-E',
    'UTF8',
    '--no-sync',
  ]
  await run(path.join(programs, 'initdb'), init, { ...account, cwd: folder })
  const port = await freePort()
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'fsync=off',
  ]
  if (isEncrypted) {
    await run('/bin/sh', ['-ec', CERTIFICATES], { ...account, cwd: folder })
    args.push(
      '-c',
      'ssl=on',
      '-c',
      `ssl_cert_file=${folder}/server.pem`,
      '-c',
      `ssl_key_file=${folder}/server.key`,
    )
  }
  const server = spawn(path.join(programs, 'postgres'), args, { ...account, cwd: folder, stdio: 'ignore' })
  return { port, folder, stop: () => stop(server, 'SIGINT', folder) }
}

/** Starts MariaDB with a user `tester` whose password is `s3cret-pw`, and a database `shop`. */
export async function startMariadb(program: string): Promise<TestServer> {
  const { folder, account } = await prepare('mysql')
  const data = path.join(folder, 'data')
  const init = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]
  await run('mariadb-install-db', init, { ...account, cwd: folder })
  const port = await freePort()
  const socket = path.join(folder, 's')
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${socket}`,
    `--pid-file=${folder}/pid`,
  ]
  const server = spawn(program, args, { ...account, cwd: folder, stdio: 'ignore' })
  const setUp =
    "CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE USER tester@'127.0.0.1' IDENTIFIED BY 's3cret-pw'; GRANT ALL ON *.* TO tester@'127.0.0.1'"
  await eventually(() => run('mariadb', ['--no-defaults', `--socket=${socket}`, '-u', 'root', '-e', setUp]))
  return { port, stop: () => stop(server, 'SIGTERM', folder) }
}

/** Retries until it works, since a server takes a moment to start. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + 30_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(200)
    }
  }
}

/**
 * A folder that belongs to the server's account. Without root, the server runs under the current
 * account.
 */
async function prepare(user: string): Promise<{ folder: string; account: Account | object }> {
  const folder = mkdtempSync(path.join(tmpdir(), `pluggram-${user}-`))
  if (process.getuid?.() !== 0) return { folder, account: {} }
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, user])).stdout)),
  )
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user}`)
  chownSync(folder, uid, gid)
  return { folder, account: { uid, gid } }
}

async function stop(server: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
