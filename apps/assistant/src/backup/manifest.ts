import { z } from '@pluggram/sdk'

/** The manifest's name in the archive; the home's files are below `HOME_FOLDER`. */
export const MANIFEST_FILE = 'manifest.json'
export const HOME_FOLDER = 'home'

const fileSchema = z.strictObject({
  path: z.string().min(1).max(4_096).refine(isSafePath),
  kind: z.enum(['file', 'database', 'link']),
  bytes: z.int().min(0),
  /** Of a link: the hash of where it leads. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

export const manifestSchema = z.strictObject({
  /** Raised when an older release could not read the archive. */
  format: z.literal(1),
  /** The version of Pluggram that made it. */
  version: z.string().max(100),
  createdAt: z.iso.datetime(),
  /** The schema version of the assistant's database; 0 when there was none. */
  schemaVersion: z.int().min(0),
  files: z.array(fileSchema),
  leftOut: z.array(z.string()),
})

/** What a backup contains. */
export type BackupManifest = z.infer<typeof manifestSchema>
export type BackedUpFile = BackupManifest['files'][number]

/** Whether a path stays below the folder it is written to, on every system. */
function isSafePath(path: string): boolean {
  return (
    !path.includes('\0') &&
    !path.includes('\\') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  )
}
