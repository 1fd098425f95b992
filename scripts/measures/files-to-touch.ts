import { relative } from 'node:path'
import { isTest } from '../house.ts'
import type { House } from '../house.ts'

interface Kind {
  readonly what: string
  readonly wanted: string
  /** An existing example, as a pattern for the places that must also be edited to add another. */
  readonly example: RegExp
  /** Its own implementation, which is always needed: one file or folder. */
  readonly own: RegExp
  /** Where to look; the rest of the code only uses it. */
  readonly within: RegExp
}

/**
 * Each kind is counted by an example: the files that name it have to be edited for the next one.
 */
const KINDS: readonly Kind[] = [
  {
    what: 'a permission',
    wanted: '1',
    example: /\bobserve: \{ kind\b|permissions\?\.observe\b/,
    // the code that enforces it
    own: /^packages\/host\/src\/start\/start-plugin\.ts$/,
    within: /^packages\/(?:sdk|config|host)\/src\/|^apps\/assistant\/src\//,
  },
  {
    what: 'a call kind',
    wanted: '3',
    example: /\bforgetUser\b|['"]forget['"]|\bforget:/,
    own: /^$/,
    within: /^packages\/(?:sdk|host|pipeline)\/src\//,
  },
  {
    what: 'a service',
    wanted: '3',
    example: /\b[Qq]ueueService\b|\bcreateQueueService\b|\bqueue:/,
    own: /^packages\/services\/src\/queue\/|^packages\/sdk\/src\/services\/queue/,
    within: /^packages\/(?:sdk|services|host|testing)\/src\/|^apps\/assistant\/src\//,
  },
  {
    what: 'a method of the AI service',
    wanted: '2',
    example: /\btranscribe\b/,
    // the models that do it, their prices and their settings
    own: /^packages\/ai\/src\/(?:other-|budget\/|create-ai)/,
    within: /^packages\/(?:sdk|host|ai|testing|services)\/src\/|^apps\/assistant\/src\//,
  },
  {
    what: 'a config key',
    wanted: '2',
    // where it is declared and where it is read; a part of the assistant has the same name
    example: /\bhot_reload: z\b|['"]hotReload['"]/,
    own: /^$/,
    within: /^packages\/config\/src\/|^apps\/assistant\/src\//,
  },
  {
    what: 'a command of the command line',
    wanted: '1',
    example: /['"`]replay['"`]|\breplayCommand\b/,
    own: /^$/,
    within: /^apps\/assistant\/src\//,
  },
]

export interface FilesToTouch {
  readonly what: string
  readonly wanted: string
  readonly files: readonly string[]
}

/**
 * For each kind, the files that name its example. This is the best estimate that reading the code
 * can give of adding another.
 */
export function filesToTouch({ root, files }: House): FilesToTouch[] {
  return KINDS.map(({ what, wanted, example, own, within }) => {
    const touched = [...files.values()]
      .map(({ path, text }) => ({ file: relative(root, path), text }))
      .filter(({ file, text }) => within.test(file) && !isTest(file) && !own.test(file) && example.test(text))
      .map(({ file }) => file)
    return { what, wanted, files: touched }
  })
}
