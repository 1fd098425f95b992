import { readFile } from 'node:fs/promises'
import { replaceFile } from '@pluggram/base'
import type { LocalText } from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import { digestData, digestFiles } from '../discover/content-digest.ts'
import type { ManifestSummary } from '../start/manifest-summary.ts'
import { localText } from '../start/manifest-schema.ts'
import { descriptorSchema, toDescriptor } from './parse-started.ts'

/** What is known about a plugin without starting it. */
export interface KnownPlugin {
  readonly manifest: ManifestSummary
  readonly descriptor: PluginDescriptor
  /** It had effects when it started, so it must run to do its work. */
  readonly hadEffects: boolean
}

/** Changed whenever the format of the cache changes. */
const FORMAT = 7

const patternSchema = z.object({ source: z.string(), flags: z.string() }).transform(({ source, flags }) => {
  return new RegExp(source, flags)
})

const recordSchema = z.object({
  key: z.string(),
  files: z.array(z.string()),
  manifest: z.custom<ManifestSummary>((value) => typeof value === 'object' && value !== null),
  descriptor: descriptorSchema.extend({ patterns: z.array(patternSchema) }),
  hadEffects: z.boolean(),
})
const titledSchema = z.object({ descriptor: z.object({ title: localText }) })
const fileSchema = z.record(z.string(), z.unknown())

type StoredRecord = z.input<typeof recordSchema>

/**
 * Caches manifests by the content of their files and of everything else they depend on. An
 * unchanged plugin is then known at the next start without being started.
 */
export class ManifestCache {
  readonly #file: string
  #records: Record<string, unknown> = {}
  #isChanged = false

  constructor(file: string) {
    this.#file = file
  }

  /** Reads the file. If it is missing or broken, the cache is empty. */
  async open(): Promise<void> {
    try {
      this.#records = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')))
    } catch {
      this.#records = {}
    }
  }

  /**
   * @param basis everything besides the files' content that affects the manifest: configuration,
   *   limits, grants
   * @returns what is known, and the files that it depends on
   */
  async find(
    plugin: string,
    basis: unknown,
  ): Promise<{ readonly known: KnownPlugin; readonly files: readonly string[] } | undefined> {
    const stored = this.#records[plugin]
    if (stored === undefined) return undefined
    const parsed = safely(() => recordSchema.safeParse(stored))
    if (!parsed?.success) return undefined
    const { key, files, manifest, descriptor, hadEffects } = parsed.data
    if (key !== (await createKey(files, basis))) return undefined
    const known = { manifest, descriptor: toDescriptor(plugin, descriptor, manifest.permissions), hadEffects }
    return { known, files }
  }

  /** A plugin's title when it last started, whatever has changed since. */
  titleOf(plugin: string): LocalText | undefined {
    return titledSchema.safeParse(this.#records[plugin]).data?.descriptor.title
  }

  async remember(
    plugin: string,
    basis: unknown,
    { files, known }: { readonly files: readonly string[]; readonly known: KnownPlugin },
  ): Promise<void> {
    const { name: _name, patterns, ...rest } = known.descriptor
    const record: StoredRecord = {
      key: await createKey(files, basis),
      files: [...files],
      manifest: known.manifest,
      hadEffects: known.hadEffects,
      descriptor: {
        ...rest,
        commands: rest.commands.map((command) => ({ ...command, examples: [...command.examples] })),
        updates: [...rest.updates],
        answers: [...rest.answers],
        patterns: patterns.map(({ source, flags }) => ({ source, flags })),
      } as StoredRecord['descriptor'],
    }
    this.#records[plugin] = record
    this.#isChanged = true
  }

  /** Writes changes. If that fails, the next start only takes longer. */
  async save(): Promise<void> {
    if (!this.#isChanged) return
    this.#isChanged = false
    try {
      await replaceFile(this.#file, JSON.stringify(this.#records), { mode: 0o600, makesFolder: true })
    } catch {
      this.#isChanged = true
    }
  }
}

async function createKey(files: readonly string[], basis: unknown): Promise<string> {
  return digestData([FORMAT, process.version, basis, await digestFiles(files)])
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
