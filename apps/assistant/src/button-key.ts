import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'

const BYTES = 32

/**
 * The key that signs buttons, in the data folder and readable by the owner's account only. A new
 * one is made when there is none; buttons signed with another key are refused.
 */
export function readButtonKey(dataFolder: string, logger: Logger): Uint8Array {
  const file = join(dataFolder, 'buttons.key')
  const stored = readStored(file)
  if (stored?.byteLength === BYTES) return stored
  if (stored) logger.warn('the key of buttons is damaged; earlier buttons do not work any more', { file })
  const key = randomBytes(BYTES)
  replaceFileSync(file, key, { mode: 0o600, makesFolder: true })
  return key
}

function readStored(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
