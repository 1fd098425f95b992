import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Systems assign automatic ports to connections and servers above this range. */
const [LOWEST, HIGHEST] = [20_000, 29_999]

/** A free port that the system does not assign to somebody else before it is used. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
