import { relative } from 'node:path'
import { isTest } from '../house.ts'
import type { House } from '../house.ts'

interface Kind {
  readonly what: string
  readonly wanted: string
  /** One that exists, and how it is written where somebody who adds another one must write, too. */
  readonly example: RegExp
  /** Its own implementation: there has to be one, in one file or folder. */
  readonly own: RegExp
  /** Where to look; the rest of the house only uses it. */
  readonly within: RegExp
}

/** Each is counted by one that exists: what names it has to be touched for the next one. */
const KINDS: readonly Kind[] = [
  {
    what: 'a permission',
    wanted: '1',
    example: /\bobserve: \{ kind\b|permissions\?\.observe\b/,
    // the code that enforces it
    own: /^packages\/host\/src\/start-plugin\.ts$/,
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
    example: /\bhot_reload\b|\bhotReload\b/,
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

/** For each kind of thing, the files that name one that is there: as near as reading the code comes to adding another. */
export function filesToTouch({ root, files }: House): FilesToTouch[] {
  return KINDS.map(({ what, wanted, example, own, within }) => {
    const touched = [...files.values()]
      .map(({ path, text }) => ({ file: relative(root, path), text }))
      .filter(({ file, text }) => within.test(file) && !isTest(file) && !own.test(file) && example.test(text))
      .map(({ file }) => file)
    return { what, wanted, files: touched }
  })
}
