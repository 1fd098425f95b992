import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A message to the service manager. */
export interface Notice {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly lines: readonly string[]
}

/** The socket of a service manager. */
export interface NotifySocket {
  readonly path: string
  readonly notices: readonly Notice[]
  close(): Promise<void>
}

/** Node has no datagram sockets of Unix. `systemd-notify` waits until the handle that it sends is closed. */
const LISTENER = `
import json, os, socket, sys, time
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print('listening', flush=True)
while True:
    data, handles, _, _ = socket.recv_fds(server, 65536, 4)
    for handle in handles: os.close(handle)
    print(json.dumps({'at': time.time() * 1000, 'lines': data.decode().split('\\n')}), flush=True)
`

/** Listens as systemd does. */
export async function listenAsServiceManager(): Promise<NotifySocket> {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-notify-'))
  const path = join(folder, 'socket')
  const listener = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const notices: Notice[] = []
  const lines = createInterface({ input: listener.stdout })
  await once(lines, 'line')
  lines.on('line', (line) => {
    const notice = JSON.parse(line) as Notice
    // with this, systemd-notify only asks whether all was read
    if (notice.lines[0] !== 'BARRIER=1') notices.push(notice)
  })
  return {
    path,
    notices,
    async close() {
      const ended = once(listener, 'exit')
      listener.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
