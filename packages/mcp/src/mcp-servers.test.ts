import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { PluggramError } from '@pluggram/sdk'
import { createTestContext } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMcpServers } from './mcp-servers.ts'
import type { McpServers } from './mcp-servers.ts'
import type { McpServerSettings } from './mcp-settings.ts'
import { grantPins, pendingPins, pinsFile } from './tool-pins.ts'

installLeakCheck()

const require = createRequire(import.meta.url)

let home: string
let opened: McpServers[]
let lines: string[]

beforeEach(async () => {
  home = await realpath(await mkdtemp(path.join(os.tmpdir(), 'pluggram-mcp-')))
  opened = []
  lines = []
})
afterEach(async () => {
  await Promise.all(opened.map((servers) => servers.stop()))
  await rm(home, { recursive: true, force: true })
})

async function mount(settings: Record<string, McpServerSettings>): Promise<McpServers> {
  const note = (message: string): void => void lines.push(message)
  const servers = createMcpServers({
    home,
    dataFolder: path.join(home, 'data'),
    logger: { debug: note, info: note, warn: note, error: note },
  })
  opened.push(servers)
  await servers.apply(settings, new Set(['dice']))
  return servers
}

function program(script: string, args: string[] = [], env: Record<string, string> = {}): McpServerSettings {
  return { command: process.execPath, args: [script, ...args], env }
}

function odd(env: Record<string, string> = {}): McpServerSettings {
  return program(path.join(import.meta.dirname, '__fixtures__/odd-server.ts'), [], env)
}

function toolNames(servers: McpServers): string[] {
  return servers.registry
    .plugins()
    .flatMap(({ descriptor }) => descriptor.tools.map(({ name }) => `${descriptor.name}.${name}`))
}

function call(servers: McpServers, id: string, args: unknown = {}, signal?: AbortSignal): Promise<unknown> {
  const [plugin, tool = ''] = id.split('.')
  const found = servers.registry.plugins().find(({ descriptor }) => descriptor.name === plugin)
  if (!found) throw new Error(`${plugin} is not there`)
  const context = createTestContext(signal && { signal })
  return found.ask('tool', { name: tool, input: args, context }, context.signal)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('real servers from npm', () => {
  test('server-everything: its tools have schemas, answer and fail in words', async () => {
    const script = require.resolve('@modelcontextprotocol/server-everything/dist/index.js')
    const servers = await mount({ everything: program(script) })
    expect(servers.states()).toEqual([{ name: 'everything', state: 'running' }])
    const tools = servers.registry.plugins()[0]?.descriptor.tools ?? []
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-env']))
    expect(tools.find(({ name }) => name === 'get-sum')).toMatchObject({
      role: 'owner',
      inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
    })
    expect(await call(servers, 'everything.echo', { message: 'hello' })).toContain('hello')
    expect(await call(servers, 'everything.get-sum', { a: 2, b: 3 })).toContain('5')
    expect(await call(servers, 'everything.get-tiny-image')).toMatchObject({
      pictures: [{ mediaType: 'image/png' }],
    })
    await expect(call(servers, 'everything.get-sum', { a: 'two' })).rejects.toMatchObject({
      code: expect.stringMatching(/tool-refused|network-failed/),
    })
    // only harmless variables of the assistant's environment
    process.env['PLUGGRAM_TEST_SECRET'] = 'hunter2'
    try {
      expect(await call(servers, 'everything.get-env')).not.toContain('hunter2')
    } finally {
      delete process.env['PLUGGRAM_TEST_SECRET']
    }
  })

  test('server-everything over HTTP works the same', async () => {
    const { spawn } = await import('node:child_process')
    const script = require.resolve('@modelcontextprotocol/server-everything/dist/index.js')
    // below the range of ephemeral ports
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const server = spawn(process.execPath, [script, 'streamableHttp'], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise((resolve) => server.once('close', resolve))
    try {
      await new Promise((resolve) => server.stderr.once('data', resolve))
      const url = `http://127.0.0.1:${port}/mcp`
      const servers = await mount({ remote: { url, headers: { 'x-key': 'k' } } })
      expect(servers.states()).toEqual([{ name: 'remote', state: 'running' }])
      expect(await call(servers, 'remote.echo', { message: 'over HTTP' })).toContain('over HTTP')
      await servers.stop()
    } finally {
      server.kill('SIGKILL')
      await ended
    }
  })

  test('server-filesystem: reading has no effect, writing has one, and only its folder is there', async () => {
    const script = require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js')
    await writeFile(path.join(home, 'note.txt'), 'buy milk')
    const servers = await mount({ files: program(script, [home]) })
    const tools = servers.registry.plugins()[0]?.descriptor.tools ?? []
    const effects = Object.fromEntries(tools.map(({ name, effect }) => [name, effect]))
    expect(effects).toMatchObject({ read_text_file: 'none', list_directory: 'none', write_file: 'external' })
    expect(await call(servers, 'files.read_text_file', { path: path.join(home, 'note.txt') })).toContain(
      'buy milk',
    )
    await call(servers, 'files.write_file', { path: path.join(home, 'new.txt'), content: 'written' })
    expect(await readFile(path.join(home, 'new.txt'), 'utf8')).toBe('written')
    await expect(call(servers, 'files.read_text_file', { path: '/etc/hostname' })).rejects.toMatchObject({
      code: 'tool-refused',
      message: expect.stringContaining('denied'),
    })
  })

  test('server-memory: what is stored comes back', async () => {
    const script = require.resolve('@modelcontextprotocol/server-memory/dist/index.js')
    const env = { MEMORY_FILE_PATH: path.join(home, 'memory.jsonl') }
    const servers = await mount({ memory: program(script, [], env) })
    const entity = { name: 'Ann', entityType: 'person', observations: ['likes tea'] }
    await call(servers, 'memory.create_entities', { entities: [entity] })
    expect(await call(servers, 'memory.search_nodes', { query: 'tea' })).toContain('likes tea')
  })
})

describe('what the owner agreed to', () => {
  test('a changed description switches the tool off until the owner agrees to the new one', async () => {
    const first = await mount({ odd: odd() })
    expect(toolNames(first)).toEqual(['odd.work', 'odd.change'])
    await first.stop()

    const changed = await mount({ odd: odd({ DESCRIPTION: 'Sends all files to me', EXTRA: 'spy' }) })
    expect(toolNames(changed)).toEqual(['odd.change'])
    expect(changed.states()[0]?.problem).toContain(
      'work, spy of the MCP server odd is not what you agreed to',
    )
    await expect(call(changed, 'odd.work')).rejects.toMatchObject({ code: 'tool-not-found' })
    const file = pinsFile(path.join(home, 'data'))
    expect(await pendingPins(file, 'odd')).toEqual([
      { tool: 'work', before: 'Does something', after: 'Sends all files to me' },
      { tool: 'spy', after: '' },
      { tool: 'change', after: '' },
    ])
    const isForeign = () => {
      const [plugin] = changed.registry.plugins()
      return plugin?.descriptor.tools.map(({ isDescriptionForeign }) => isDescriptionForeign)
    }
    expect(isForeign()).toEqual([true])
    await grantPins(file, 'odd')
    expect(await changed.restart('odd')).toBe(true)
    expect(toolNames(changed)).toEqual(['odd.work', 'odd.change', 'odd.spy'])
    expect(isForeign()).toEqual([undefined, undefined, undefined])
    expect(await pendingPins(file, 'odd')).toEqual([])
    expect(changed.states()).toEqual([{ name: 'odd', state: 'running' }])
  })

  test('a hidden character is a change, and no model reads it', async () => {
    const first = await mount({ odd: odd({ DESCRIPTION: 'Does\u200B so\u{E0041}mething' }) })
    const work = first.registry.plugins()[0]?.descriptor.tools[0]
    expect(work?.description).toBe('Does something')
    expect(JSON.stringify(work?.inputSchema)).toContain('"what to do"')
    await first.stop()
    const changed = await mount({ odd: odd({ DESCRIPTION: 'Does something' }) })
    expect(toolNames(changed)).toEqual(['odd.change'])
  })

  test('a server that changes its tools while it runs is read anew', async () => {
    const servers = await mount({ odd: odd() })
    await call(servers, 'odd.work', { what: 'change' })
    await expect.poll(() => servers.states()[0]?.problem).toContain('later')
    expect(toolNames(servers)).toEqual(['odd.work', 'odd.change'])
  })

  test('a damaged list is no consent', async () => {
    await (await mount({ odd: odd() })).stop()
    await writeFile(pinsFile(path.join(home, 'data')), '{ "servers": ')
    const servers = await mount({ odd: odd() })
    expect(toolNames(servers)).toEqual([])
    expect(servers.states()[0]?.problem).toContain('is damaged')
  })
})

describe('servers that misbehave', () => {
  test('the names that cannot be used are left out, and output beside the protocol is harmless', async () => {
    const servers = await mount({ odd: odd() })
    expect(await call(servers, 'odd.work', { what: 'x' })).toBe('work {"what":"x"}')
    expect(lines.join('\n')).toContain('"bad name!" has a name that cannot be used')
    await expect(call(servers, 'odd.work', { what: 'fail' })).rejects.toMatchObject({
      code: 'tool-refused',
      message: 'no luck',
    })
    await expect(call(servers, 'odd.work', 'text')).rejects.toMatchObject({ code: 'tool-arguments-invalid' })
  })

  test('a result that is too large is cut, a message that is too large ends the server', async () => {
    const servers = await mount({ odd: odd() })
    expect(String(await call(servers, 'odd.work', { what: 'large' })).length).toBeLessThan(100_010)
    await expect(call(servers, 'odd.work', { what: 'huge' })).rejects.toMatchObject({
      code: 'network-failed',
      message: 'odd.work: it sent a message of more than 8 MB',
    })
    await expect.poll(() => servers.states()[0]?.problem).toBe('It sent a message of more than 8 MB.')
    // the next call restarts it
    expect(await call(servers, 'odd.work', { what: 'x' })).toBe('work {"what":"x"}')
  })

  test('a call that hangs is given up; the server stays as long as it answers pings', async () => {
    const servers = await mount({ odd: odd() })
    const controller = new AbortController()
    const hanging = call(servers, 'odd.work', { what: 'hang' }, controller.signal)
    await expect.poll(() => lines.join()).toContain('it hangs')
    const reason = new PluggramError('network-failed', 'odd.work did not end within 3 s.')
    controller.abort(reason)
    await expect(hanging).rejects.toBe(reason)
    expect(await call(servers, 'odd.work', { what: 'x' })).toBe('work {"what":"x"}')
    expect(servers.states()).toEqual([{ name: 'odd', state: 'running' }])
  })

  test('a server that answers nothing any more is ended', async () => {
    const servers = await mount({ odd: odd({ MODE: 'hanging' }) })
    const controller = new AbortController()
    const hanging = call(servers, 'odd.work', { what: 'hang' }, controller.signal)
    await expect.poll(() => lines.join()).toContain('it hangs')
    controller.abort(new Error('time is up'))
    await expect(hanging).rejects.toBeInstanceOf(Error)
    await expect.poll(() => servers.states()[0]?.state).toBe('restarting')
  })

  test('a server that ends is started at its next use, and parked after the third time', async () => {
    const servers = await mount({ odd: odd() })
    for (let times = 0; times < 3; times++) {
      await expect(call(servers, 'odd.work', { what: 'exit' })).rejects.toMatchObject({
        code: 'network-failed',
      })
    }
    await expect.poll(() => servers.states()[0]?.state).toBe('parked')
    await expect(call(servers, 'odd.work')).rejects.toMatchObject({ code: 'plugin-crashed' })
    expect(servers.states()[0]?.problem).toContain('exit code 3')
    await servers.restart('odd')
    expect(await call(servers, 'odd.work', { what: 'x' })).toBe('work {"what":"x"}')
  })

  test('whatever a server started ends with it', async () => {
    const servers = await mount({ odd: odd({ MODE: 'family' }) })
    const description = servers.registry.plugins()[0]?.descriptor.tools[0]?.description ?? ''
    const pid = Number(/^child (\d+)$/.exec(description)?.[1])
    expect(isRunning(pid)).toBe(true)
    await servers.stop()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  test('a command that is not there and an address that nobody answers are named', async () => {
    const servers = await mount({
      none: { command: 'no-such-command-anywhere', args: [], env: {} },
      nobody: { url: 'http://127.0.0.1:9/mcp', headers: {} },
    })
    const problems = Object.fromEntries(servers.states().map(({ name, problem }) => [name, problem]))
    expect(problems['none']).toContain('the command no-such-command-anywhere is not there')
    expect(problems['none']).toMatch(/^It did not start: /)
    expect(problems['nobody']).toBe('It did not start: it cannot be reached.')
    expect(toolNames(servers)).toEqual([])
  })

  test('a plugin of the same name keeps its name', async () => {
    const servers = await mount({ dice: odd() })
    expect(toolNames(servers)).toEqual([])
    expect(lines.join('\n')).toContain('MCP server dice: a plugin has that name')
  })

  test('another configuration ends what is gone and leaves alone what stays', async () => {
    const servers = await mount({ one: odd({ MODE: 'family' }), two: odd() })
    const before = servers.registry.plugins()[0]?.descriptor.tools[0]?.description
    await servers.apply({ one: odd({ MODE: 'family' }), three: odd() }, new Set())
    expect(servers.states().map(({ name }) => name)).toEqual(['one', 'three'])
    expect(servers.registry.plugins()[0]?.descriptor.tools[0]?.description).toBe(before)
  })
})
