import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

const packageSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  keywords: z.array(z.string()).optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  exports: z.unknown().optional(),
  pluggram: z.record(z.string(), z.unknown()).optional(),
})

/** The part of a package.json that matters for a plugin. */
export type PackageFile = z.infer<typeof packageSchema>

/**
 * Reads a folder's package.json; `undefined` when there is none.
 * @throws Error when it or its "pluggram" is not a JSON object.
 */
export async function readPackageFile(directory: string): Promise<PackageFile | undefined> {
  let text: string
  try {
    text = await readFile(path.join(directory, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  const parsed = packageSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')))
  if (parsed.success) return parsed.data
  throw new Error(
    parsed.error.issues[0]?.path[0] === 'pluggram' ? '"pluggram" must be an object' : 'it must be an object',
  )
}
