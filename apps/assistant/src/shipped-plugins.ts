import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The plugins of this release. This list, not the folder, decides whether a plugin counts as
 * shipped.
 */
const SHIPPED = [
  'admin',
  'ai_chatbot',
  'api_integration',
  'database',
  'dice',
  'feeds',
  'file_info',
  'knowledge',
  'logging',
  'metrics',
  'polls_and_forms',
  'reminders',
  'scheduled_task',
  'translate',
  'web_page',
] as const

/** On unless a file says otherwise. */
export const DEFAULT_PLUGIN = 'ai_chatbot'

/** Shipped plugins with their folders. */
export function shippedPlugins(): { name: string; directory: string }[] {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../../plugins')
  return SHIPPED.map((name) => ({ name, directory: join(root, name) }))
}
