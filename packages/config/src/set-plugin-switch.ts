import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PluginPermissions } from '@pluggram/sdk'
import { applyEdits, modify } from 'jsonc-parser'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import { quote } from './format-path.ts'
import { isForbiddenKey } from './json-value.ts'
import { readPluginSwitches, switchesFile } from './plugin-switches.ts'
import { errorCode } from './read-text-file.ts'
import { PLUGIN_NAME } from './settings-schema.ts'

/** Changes of one file run one after the other, or the later would undo the earlier. */
const queues = new Map<string, Promise<void>>()

/**
 * Switches a plugin on or off in `plugins_config.json`: other keys, their order and the indentation stay,
 * and a reader sees the old file or the new one, never half of it.
 * Changes by this process wait for each other; another process that writes at the same instant may win.
 *
 * @throws {ConfigurationError} when the file is unusable (it is left alone), cannot be written, or `name` is no plugin's name.
 */
export async function setPluginSwitch(home: string, name: string, enabled: boolean): Promise<void> {
  await inTurn(home, (root, file) => write(root, file, { key: 'enabled_plugins', name, value: enabled }))
}

/**
 * Writes into `plugins_config.json` what a plugin may use, in the place of what it was granted before.
 * @throws {ConfigurationError} as `setPluginSwitch`
 */
export async function setPluginGrants(home: string, name: string, grants: PluginPermissions): Promise<void> {
  const value = Object.fromEntries(Object.entries(grants).filter(([, member]) => member !== undefined))
  await inTurn(home, (root, file) => write(root, file, { key: 'grants', name, value }))
}

async function inTurn(home: string, work: (root: string, file: string) => Promise<void>): Promise<void> {
  const root = path.resolve(home)
  const file = switchesFile(root)
  const change = (queues.get(file) ?? Promise.resolve()).then(() => work(root, file))
  const settled = change.catch(() => undefined)
  queues.set(file, settled)
  try {
    await change
  } finally {
    if (queues.get(file) === settled) queues.delete(file)
  }
}

interface Change {
  readonly key: 'enabled_plugins' | 'grants'
  readonly name: string
  readonly value: unknown
}

async function write(home: string, file: string, { key, name, value }: Change): Promise<void> {
  if (!PLUGIN_NAME.test(name) || isForbiddenKey(name)) {
    throw new ConfigurationError([badName(file, name)], home)
  }
  const { source, switches, problems } = await readPluginSwitches(home)
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length > 0) throw new ConfigurationError(errors, home)
  if (key === 'enabled_plugins' && switches.get(name) === value) return

  const text = source.text ?? '{}\n'
  const edits = modify(text, [key, name], value, { formattingOptions: formattingOf(text) })
  try {
    await replaceFile(file, (source.hasByteOrderMark ? '\uFEFF' : '') + applyEdits(text, edits))
  } catch (error) {
    throw new ConfigurationError([cannotWrite(file, error)], home)
  }
}

function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indentation = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
  return { insertSpaces: !indentation.startsWith('\t'), tabSize: Math.min(indentation.length, 8), eol }
}

/** Writes beside the file and renames over it; a link keeps pointing at its (new) target. */
async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const mode = await stat(target).then(
    (status) => status.mode & 0o777,
    () => 0o644,
  )
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function badName(file: string, name: string): ConfigProblem {
  return createProblem({
    at: { file, line: 0, column: 0 },
    path: 'enabled_plugins',
    expected: "a plugin's name: a lower-case letter, then letters, digits and _",
    got: quote(name),
    fix: "use the name of the plugin's file or folder",
  })
}

function cannotWrite(file: string, error: unknown): ConfigProblem {
  return createProblem({
    at: { file, line: 0, column: 0 },
    path: '',
    expected: 'a file that can be written',
    got: `the error ${errorCode(error)}`,
    fix: "let the assistant's user write to this folder",
  })
}
