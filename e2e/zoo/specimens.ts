/** One kind of misbehaviour. */
export interface Specimen {
  /** The plugin's name, and the command that triggers it. */
  readonly name: string
  /** The code of the command; it can use `args`, `context` and `services`. */
  readonly act: string
  /** Additional code: top level, and members of the manifest. */
  readonly top?: string
  readonly manifest?: string
  /** What the assistant's output must say about it within two seconds. */
  readonly named?: RegExp
  /** Whether its process must be gone within five seconds. */
  readonly isEnded?: boolean
  /** What the chat must read. */
  readonly answer?: RegExp
  /** Seconds from the start of the act to the deadline, from which times are measured. */
  readonly afterSeconds?: number
}

/** Prints when the act starts, by the clock that all processes share. */
export const BEGIN = `console.log('zoo begin ' + process.pid + ' ' + Date.now());`

/** The answer of `act` if it was refused. */
const REFUSED = /^(?:refused|failed)/

const attempt = (code: string): string =>
  `try { const found = await (async () => { ${code} })(); return { success: true, response: 'got ' + String(found).slice(0, 200) } }
   catch (error) { return { success: true, response: 'refused ' + error.code } }`

/** Writes to the channel between plugin and host directly, bypassing all checks. */
const FORGES = `import fs from 'node:fs'
import v8 from 'node:v8'
const send = (payload) => {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(payload.byteLength)
  for (let rest = Buffer.concat([header, payload]); rest.byteLength > 0; ) {
    try { rest = rest.subarray(fs.writeSync(3, rest)) } catch (error) { if (error.code !== 'EAGAIN') throw error }
  }
}
const forge = (message) => send(v8.serialize(message))`

/** Each is called once, by its command. */
export const SPECIMENS: readonly Specimen[] = [
  {
    name: 'endless_loop',
    act: 'for (;;);',
    named: /endless_loop does not respond/,
    isEnded: true,
    answer: /Endless loop/,
  },
  {
    name: 'catastrophic_regex',
    act: `/^(a+)+$/.test('a'.repeat(64) + 'b')`,
    named: /catastrophic_regex does not respond/,
    isEnded: true,
    answer: /Catastrophic regex/,
  },
  {
    name: 'heap_bomb',
    act: 'const all = []; for (;;) all.push({ number: Math.random(), list: [1, 2, 3] })',
    named: /heap_bomb/,
    isEnded: true,
    answer: /Heap bomb/,
  },
  {
    name: 'huge_array',
    act: `const all = []; for (;;) all.push(new Array(5_000_000).fill(all))`,
    named: /huge_array/,
    isEnded: true,
    answer: /Huge array/,
  },
  {
    name: 'buffer_bomb',
    act: `const all = []; for (;;) { all.push(Buffer.alloc(8_000_000, 1)); await null }`,
    named: /buffer_bomb/,
    answer: /Buffer bomb/,
  },
  {
    name: 'stubborn_buffer_bomb',
    act: `const all = []; for (;;) { try { all.push(Buffer.alloc(1_000_000, 1)) } catch { await new Promise(setImmediate) } }`,
    afterSeconds: 2,
    answer: /Stubborn buffer bomb/,
  },
  {
    name: 'exits',
    act: 'process.exit(0)',
    named: /Plugin exits ended its own process \(exit code 0\)/,
    isEnded: true,
    answer: /Exits/,
  },
  {
    name: 'aborts',
    act: 'process.abort()',
    named: /Plugin aborts was ended by SIGABRT/,
    isEnded: true,
    answer: /Aborts/,
  },
  {
    name: 'kills_itself',
    act: `process.kill(process.pid, 'SIGKILL')`,
    named: /Plugin kills_itself was ended by SIGKILL/,
    isEnded: true,
    answer: /Kills itself/,
  },
  {
    name: 'stops_itself',
    act: `process.kill(process.pid, 'SIGSTOP'); await new Promise(() => {})`,
    named: /stops_itself does not respond/,
    isEnded: true,
    answer: /Stops itself/,
  },
  { name: 'kills_parent', act: attempt(`process.kill(process.ppid, 'SIGKILL')`), answer: REFUSED },
  {
    name: 'kills_parent_by_import',
    top: `import { kill, _debugProcess } from 'node:process'
import { setPriority } from 'node:os'`,
    act: attempt(`try { _debugProcess(process.ppid); return 'debug' } catch {}
      try { setPriority(process.ppid, 19); return 'priority' } catch {}
      kill(process.ppid, 'SIGKILL')`),
    answer: REFUSED,
  },
  {
    name: 'debugs_parent',
    act: attempt(`process._debugProcess(process.ppid)`),
    answer: REFUSED,
  },
  {
    name: 'forgets_rejection',
    act: `Promise.reject(new Error('forgotten')); await new Promise(() => {})`,
    named: /forgets_rejection has an unhandled promise rejection: forgotten \(forgets_rejection\.js:\d+\)/,
    isEnded: true,
    answer: /Forgets rejection/,
  },
  {
    name: 'throws_in_timer',
    act: `setTimeout(() => { throw new Error('late') }, 10); await new Promise(() => {})`,
    named: /throws_in_timer threw an error outside a call: late \(throws_in_timer\.js:\d+\)/,
    isEnded: true,
    answer: /Throws in timer/,
  },
  { name: 'throws', act: `throw new Error('on purpose')`, named: /on purpose/, answer: /Throws/ },
  {
    name: 'throws_proxy',
    act: `const hostile = new Proxy({}, { get() { throw hostile }, getPrototypeOf() { throw hostile } }); throw hostile`,
    named: /throws_proxy/,
    answer: /Throws proxy/,
  },
  {
    name: 'never_answers',
    act: 'await new Promise(() => {})',
    afterSeconds: 2,
    named: /never_answers did not (?:answer within|end its work)/,
    isEnded: true,
    answer: /Never answers/,
  },
  {
    name: 'never_ends_text',
    act: `return { success: true, response: (async function* () { yield 'begin '; await new Promise(() => {}) })() }`,
    afterSeconds: 2,
    named: /never_ends_text/,
    isEnded: true,
    answer: /begin/,
  },
  {
    name: 'endless_text',
    act: `return { success: true, response: (async function* () { for (;;) yield 'x'.repeat(1_000_000) })() }`,
    afterSeconds: 3,
    answer: /x{1000}/,
  },
  {
    name: 'gives_200_mb',
    act: `return { success: true, response: 'x'.repeat(200_000_000) }`,
    named: /gives_200_mb/,
    answer: /Gives 200 mb/,
  },
  {
    name: 'gives_circle',
    act: `const circle = { a: 1 }; circle.self = circle; return { success: true, data: circle }`,
    answer: /a: 1/,
  },
  {
    name: 'gives_garbage',
    act: `return { success: true, response: { text: Symbol('x'), buttons: 5 } }`,
    named: /gives_garbage/,
    answer: /Gives garbage/,
  },
  {
    name: 'gives_proxy',
    act: `return new Proxy({}, { get() { throw new Error('trap') }, has() { throw new Error('trap') } })`,
    named: /gives_proxy/,
    answer: /Gives proxy/,
  },
  {
    name: 'leaks',
    act: `for (let i = 0; i < 20_000; i += 1) { setInterval(() => {}, 1_000); process.on('leak', () => {}) }
      return { success: true, response: 'leaked' }`,
    answer: /leaked/,
  },
  {
    name: 'patches_globals',
    act: `globalThis.Promise = class {}; globalThis.setTimeout = () => { throw 1 }; JSON.stringify = () => { throw 1 }
      Array.prototype.push = () => { throw 1 }; Map.prototype.get = () => { throw 1 }; process.exit = () => {}
      return { success: true, response: 'patched' }`,
  },
  {
    name: 'pollutes_prototypes',
    act: `Object.prototype.polluted = 'yes'; Object.prototype.then = () => { throw 1 }; Array.prototype[Symbol.iterator] = function* () {}
      return JSON.parse('{ "success": true, "response": "x", "__proto__": { "polluted": "yes" } }')`,
  },
  {
    name: 'replies_endlessly',
    act: `const all = []; for (let i = 0; i < 100_000; i += 1) all.push(context.reply('reply ' + i).catch(() => {})); await Promise.all(all)`,
    // it may run out of memory before it reaches the count
    named: /replies_endlessly.*(?:sent more than 200 replies|memory|ended)/,
    afterSeconds: 3,
  },
  {
    name: 'forks',
    act: attempt(`const { fork } = await import('node:child_process'); return fork('/bin/true').pid`),
    answer: REFUSED,
  },
  {
    name: 'spawns_worker',
    act: attempt(
      `const { Worker } = await import('node:worker_threads'); return new Worker('1', { eval: true }).threadId`,
    ),
    answer: REFUSED,
  },
  {
    name: 'calls_native_code',
    act: attempt(`const ffi = process.getBuiltinModule('node:ffi') ?? (await import('node:ffi'))
      return Object.keys(ffi)`),
    answer: REFUSED,
  },
  {
    name: 'opens_sqlite',
    act: attempt(`const sqlite = process.getBuiltinModule('node:sqlite') ?? (await import('node:sqlite'))
      return Object.keys(sqlite)`),
    answer: REFUSED,
  },
  {
    name: 'opens_files',
    act: attempt(`const { open } = await import('node:fs/promises'); const all = []
      for (let i = 0; i < 100_000; i += 1) all.push(await open(import.meta.filename)); return all.length`),
    answer: REFUSED,
  },
  {
    name: 'reads_proc',
    act: attempt(`const { readFile } = await import('node:fs/promises')
      for (const file of ['/proc/self/environ', '/proc/' + process.ppid + '/environ', '/proc/' + process.ppid + '/mem'])
        await readFile(file)`),
    answer: REFUSED,
  },
  {
    name: 'reads_config',
    act: attempt(
      `const { readFile } = await import('node:fs/promises'); return await readFile(new URL('../config.json', import.meta.url), 'utf8')`,
    ),
    answer: REFUSED,
  },
  {
    name: 'reads_neighbour',
    act: attempt(
      `const { readFile } = await import('node:fs/promises'); return await readFile(new URL('./healthy.js', import.meta.url), 'utf8')`,
    ),
    answer: REFUSED,
  },
  {
    name: 'opens_database',
    act: attempt(
      `const { readFile } = await import('node:fs/promises'); return await readFile(new URL('../data/pluggram.db', import.meta.url))`,
    ),
    answer: REFUSED,
  },
  {
    name: 'uses_sqlite',
    act: attempt(
      `const { DatabaseSync } = await import('node:sqlite'); return new DatabaseSync(new URL('../data/pluggram.db', import.meta.url))`,
    ),
    answer: REFUSED,
  },
  {
    name: 'uses_network',
    act: attempt(`return (await fetch('http://127.0.0.1:1/')).status`),
    named: /uses_network may not reach 127\.0\.0\.1/,
    answer: /refused permission-missing/,
  },
  {
    name: 'uses_sockets',
    act: attempt(
      `const net = await import('node:net'); return await new Promise((resolve, reject) => net.connect(1, '127.0.0.1').on('connect', resolve).on('error', reject))`,
    ),
    answer: REFUSED,
  },
  {
    name: 'writes_file',
    act: attempt(
      `const { writeFile } = await import('node:fs/promises'); await writeFile(new URL('./written.txt', import.meta.url), 'x')`,
    ),
    answer: REFUSED,
  },
  {
    name: 'loads_addon',
    act: attempt(`process.dlopen({ exports: {} }, '/usr/lib/x86_64-linux-gnu/libc.so.6')`),
    answer: REFUSED,
  },
  {
    name: 'floods_log',
    act: `for (let i = 0; i < 50_000; i += 1) { console.log('flood ' + i + 'x'.repeat(200)); if (i % 100 === 0) await new Promise(setImmediate) }
      return { success: true, response: 'flooded' }`,
    named: /floods_log writes too much/,
  },
  {
    name: 'floods_logger',
    act: `for (let i = 0; i < 100_000; i += 1) { services.logger.warn('flood ' + i); if (i % 100 === 0) await new Promise(setImmediate) }
      return { success: true, response: 'flooded' }`,
    named: /floods_logger writes too much/,
  },
  {
    name: 'floods_channel',
    act: `const { writeSync } = await import('node:fs'); const junk = Buffer.alloc(1_000_000, 255); for (;;) writeSync(3, junk)`,
    named: /floods_channel sent something that cannot be taken/,
    isEnded: true,
    answer: /Floods channel/,
  },
  {
    name: 'sends_much_in_few_bytes',
    top: FORGES,
    act: `let all = 'x'; for (let time = 0; time < 40; time += 1) all = [all, all]; forge(['note', 'effects', [all]])`,
    named: /sends_much_in_few_bytes sent something that cannot be taken/,
    isEnded: true,
    answer: /Sends much in few bytes/,
  },
  {
    name: 'sends_holes',
    top: FORGES,
    act: `const holes = []; holes.length = 4_294_967_295; forge(['call', 9_999, 'service', [holes]])`,
    named: /sends_holes sent something that cannot be taken/,
    isEnded: true,
    answer: /Sends holes/,
  },
  {
    // three bytes for each of two million objects that the host would have to create
    name: 'sends_many_objects',
    top: FORGES,
    act: `const objects = Buffer.alloc(6_000_000, Buffer.from([0x6f, 0x7b, 0]));
      send(Buffer.concat([Buffer.from([0xff, 15, 0x41, 0x80, 0x89, 0x7a]), objects]))`,
    named: /sends_many_objects sent something that cannot be taken/,
    isEnded: true,
    answer: /Sends many objects/,
  },
  {
    name: 'closes_channel',
    act: `const { closeSync } = await import('node:fs'); closeSync(3); await new Promise(() => {})`,
    isEnded: true,
    answer: /Closes channel/,
  },
]

/** The source file of a specimen. */
export function toSource({ name, act, top = '', manifest = '' }: Specimen): string {
  return `${top}
export default class {
  static manifest = { commands: { ${name}: { description: 'Misbehaves' } }, ${manifest} }
  constructor(config, services) { this.services = services }
  async processMessage(message, context) {
    const { services } = this
    if (context.command?.name !== '${name}') return undefined;
    ${BEGIN}
    ${act}
  }
}
`
}
