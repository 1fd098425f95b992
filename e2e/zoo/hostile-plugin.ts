/** For each family: the source text of an attempt, and what must come of it. */
export type Attempts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What it was granted; it tries for more. */
export const HOSTILE_GRANTS = {
  database: true,
  databases: ['archive'],
  schedule: true,
  files: true,
  network: ['*'],
  telegram: ['setMessageReaction'],
}

/** How long an attempt may take on a slow machine; what hangs is told by its name. */
const HANGS_MS = 30_000

/**
 * The values and tools that attempts share. Messages to the host are forged by writing to its channel, past
 * everything that the plugin's own process checks; their answers are read where the process itself reads them.
 */
const TOOLS = `import dgram from 'node:dgram'
import fs from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import v8 from 'node:v8'

const HUGE = 'x'.repeat(2_000_000)
const CIRCLE = { a: 1 }
CIRCLE.self = CIRCLE
const trap = () => { throw new RangeError('trap') }
const TRAP = new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap })

const waiting = new Map()
let lastNumber = 1_000_000
const { deserialize } = v8
v8.deserialize = (bytes) => {
  const message = deserialize(bytes)
  if (Array.isArray(message)) {
    waiting.get(message[1])?.(message)
    waiting.delete(message[1])
  }
  return message
}
syncBuiltinESMExports()

const frame = (message) => {
  const payload = v8.serialize(message)
  const header = Buffer.alloc(4)
  header.writeUInt32BE(payload.byteLength)
  for (let rest = Buffer.concat([header, payload]); rest.byteLength > 0; ) {
    try { rest = rest.subarray(fs.writeSync(3, rest)) } catch (error) { if (error.code !== 'EAGAIN') throw error }
  }
}
const ask = (method, args) => new Promise((resolve, reject) => {
  const number = ++lastNumber
  waiting.set(number, ([kind, , value]) => kind === 'result' ? resolve(value) : reject(value))
  frame(['call', number, method, args])
})
const call = (service, method, args) => ask('service', [service, method, args])

const outcome = async (attempt) => {
  let timer
  const hangs = new Promise((resolve) => { timer = setTimeout(() => resolve('hangs'), ${HANGS_MS}) })
  const told = async () => {
    try {
      const value = await attempt()
      return 'gives ' + (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)).slice(0, 60)
    } catch (error) {
      return typeof error?.code === 'string' ? error.code : String(error?.name ?? error)
    }
  }
  try { return await Promise.race([told(), hangs]) } finally { clearTimeout(timer) }
}
`

/** A plugin that makes the attempts of a family, one after another, and answers with what came of each. */
export function hostileSource(attempts: Attempts): string {
  const families = Object.values(attempts).map((family) => {
    const lines = Object.keys(family).map((code) => `async () => (${code})`)
    return `[${lines.join(',\n')}]`
  })
  return `${TOOLS}
export default class {
  static manifest = {
    commands: { hostile: { description: 'Tries everything' }, idle: { description: 'Answers' } },
    permissions: ${JSON.stringify(HOSTILE_GRANTS)},
    timeouts: { callSeconds: 600 },
  }
  constructor(config, services) { this.services = services; this.own = config.plugins.hostile.secret_key }
  async processMessage(message, context) {
    const { services, own } = this
    if (context.callback) return { success: true, response: 'pressed' }
    if (context.command?.name === 'idle') return { success: true, response: 'pid ' + process.pid }
    if (context.command?.name !== 'hostile') return
    const [at, other, door, home] = context.command.args.split(' ')
    const victimChat = Number(other)
    const folder = await services.files.folder()
    const families = [${families.join(',\n')}]
    const found = []
    for (const attempt of families[Number(at)]) found.push(await outcome(attempt))
    return { success: true, response: JSON.stringify(found) }
  }
}
`
}

/** A plugin with things of its own, which tells what is left of them. */
export const VICTIM = `export default class {
  static manifest = {
    commands: { victim: { description: 'Tells what it has' } },
    permissions: { database: true, databases: ['archive'], schedule: true },
  }
  constructor(config, services) { this.services = services; this.provides = { tell: () => 'told' } }
  async processMessage(message, { chat, command }) {
    if (!command) return
    const { store, cache, database, scheduler } = this.services
    if (command.args === 'begin') {
      await store.set('diary', 'mine')
      await store.forChat(chat.id).set('diary', 'mine')
      await cache.set('diary', 'mine', { ttlSeconds: 86_400 })
      await database.execute('CREATE TABLE diary (text)')
      await database.execute("INSERT INTO diary VALUES ('mine')")
      await scheduler.every({ seconds: 86_400, name: 'diary' }, () => {})
    }
    const archive = await database.open('archive')
    return { success: true, response: JSON.stringify({
      store: [await store.get('diary'), await store.forChat(chat.id).get('diary')],
      cache: await cache.get('diary'),
      rows: await database.query('SELECT text FROM diary'),
      schedules: (await scheduler.list()).map(({ name, isPaused, last }) => ({ name, isPaused, last })),
      papers: await archive.query('SELECT text FROM papers'),
      polluted: Object.keys(Object.prototype),
    }) }
  }
}
`

/**
 * A plugin that was granted nothing. When it starts, its process tells the host that it observes all
 * messages and runs every minute.
 */
export const CLAIMER = `import { syncBuiltinESMExports } from 'node:module'
import v8 from 'node:v8'

const { serialize } = v8
v8.serialize = (message) => {
  const descriptor = Array.isArray(message) ? message[2]?.done?.descriptor : undefined
  if (descriptor) {
    descriptor.answers?.push('observe')
    descriptor.schedules = [{ name: 'often', everySeconds: 60 }]
  }
  return serialize(message)
}
syncBuiltinESMExports()

export default class {
  static manifest = { commands: { claims: { description: 'Tells what it saw' } } }
  constructor(config, services) { this.services = services; this.seen = [] }
  observe(event) { this.seen.push(event.message.text) }
  async processMessage(message, { command }) {
    if (!command) return
    const plugins = await this.services.assistant.plugins()
    return { success: true, response: JSON.stringify({ seen: this.seen, plugins: plugins.length }) }
  }
}
`
