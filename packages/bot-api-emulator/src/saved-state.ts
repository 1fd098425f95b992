import { deserialize, serialize } from 'node:v8'
import type { Emulation } from './emulation.ts'
import type { UpdateQueue } from './update-queue.ts'
import type { StoredFile } from './world/file-store.ts'
import type { WorldDump } from './world/world.ts'

/** The version of the format; other versions are rejected. */
const FORMAT = 1

/** An emulator's chats, files, pending updates and token. */
export interface SavedState {
  readonly format: typeof FORMAT
  readonly token: string
  readonly world: WorldDump
  readonly files: readonly StoredFile[]
  readonly updates: ReturnType<UpdateQueue['dump']>
}

export function saveState({ token, world, updates }: Emulation): Uint8Array {
  const state: SavedState = {
    format: FORMAT,
    token,
    world: world.dump(),
    files: world.files.dump(),
    updates: updates.dump(),
  }
  return serialize(state)
}

/**
 * Parses a state written by `saveState` of this release.
 * @throws Error for anything else
 */
export function readState(bytes: Uint8Array): SavedState {
  const state: unknown = deserialize(bytes)
  if (typeof state !== 'object' || state === null || !('format' in state) || state.format !== FORMAT) {
    throw new Error('The saved state is of another release.')
  }
  return state as SavedState
}

export function loadState(state: SavedState, { world, updates }: Emulation): void {
  world.load(state.world)
  world.files.load(state.files)
  updates.load(state.updates)
}
