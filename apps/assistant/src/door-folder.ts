import { join } from 'node:path'

/** The folder where commands find a home's running assistant. */
export function doorFolder(dataFolder: string): string {
  return join(dataFolder, 'door')
}
