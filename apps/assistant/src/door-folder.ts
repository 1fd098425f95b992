import { join } from 'node:path'

/** Where commands find the assistant that runs in a home. */
export function doorFolder(dataFolder: string): string {
  return join(dataFolder, 'door')
}
