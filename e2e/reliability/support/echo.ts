import { createHome } from '../../support/home.ts'

/** Messages that end like this are answered in three parts. */
const PARTED = ' in parts'
const PARTS = 3

/** Message number `index` of one person; every tenth asks for an answer in parts. */
export function messageText(person: number, index: number): string {
  return `${person}.${index}${index % 10 === 9 ? PARTED : ''}`
}

/** The answer of the echo bots to a text, part by part. */
export function echoParts(text: string): string[] {
  if (!text.endsWith(PARTED)) return [`echo ${text}`]
  return Array.from({ length: PARTS }, (_, index) => `echo ${text} ${index + 1}/${PARTS}`)
}

const PLUGIN = `export default class {
  static manifest = { permissions: { network: ['127.0.0.1'] } }
  constructor(config) { this.workUrl = config.plugins.echo.work_url }
  async processMessage(message) {
    if (this.workUrl) await (await fetch(this.workUrl, { method: 'POST', body: message })).text()
    if (!message.endsWith('${PARTED}')) return { success: true, response: 'echo ' + message }
    return {
      success: true,
      response: Array.from({ length: ${PARTS} }, (_, index) => 'echo ' + message + ' ' + (index + 1) + '/${PARTS}'),
    }
  }
}`

/** A home whose only plugin echoes. With a work address, it reports there first. */
export async function createEchoHome(workUrl = '', settings: object = {}): Promise<string> {
  return createHome({
    'plugins/echo.js': PLUGIN,
    'plugins_config.json': {
      enabled_plugins: { echo: true },
      grants: { echo: { network: ['127.0.0.1'] } },
    },
    'config.json': { ...settings, plugins: { echo: { work_url: workUrl } } },
  })
}
