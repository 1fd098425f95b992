import { BotApiError, badRequest } from '../bot-api-error.ts'
import type { MethodHandlers } from '../method-registry.ts'

const MAX_POLL_SECONDS = 50
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const WEBHOOK_PORTS = new Set(['', '80', '88', '443', '8443'])

const SUPERSEDED = {
  getUpdates:
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  setWebhook: 'Conflict: terminated by setWebhook request',
}

/** Polling and webhook settings. */
export const updateMethods: MethodHandlers = {
  async getUpdates(params, { emulation, signal }) {
    const { updates, webhook } = emulation
    if (webhook.isSet) {
      throw new BotApiError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    }
    updates.setAllowedUpdates(params.allowed_updates)
    const outcome = await updates.poll(
      {
        offset: Math.trunc(params.offset ?? 0),
        limit: clamp(params.limit || 100, 1, 100),
        timeoutSeconds: clamp(params.timeout ?? 0, 0, MAX_POLL_SECONDS),
      },
      signal,
    )
    if (outcome.kind === 'superseded') throw new BotApiError(409, SUPERSEDED[outcome.by])
    return [...outcome.updates]
  },

  setWebhook(params, { emulation, uploads }) {
    const { updates, webhook } = emulation
    const secret = params.secret_token
    if (params.url !== '') checkWebhookUrl(params.url)
    if (secret !== undefined && secret.length > 256) throw badRequest('secret token is too long')
    if (secret !== undefined && !/^[\w-]*$/.test(secret)) {
      throw badRequest('secret token contains unallowed characters')
    }
    if (params.drop_pending_updates === true) updates.clear()
    if (params.url === '') {
      webhook.remove()
      return true
    }
    updates.interruptPoll('setWebhook')
    updates.setAllowedUpdates(params.allowed_updates)
    webhook.set({
      url: params.url,
      secretToken: secret === '' ? undefined : secret,
      maxConnections: clamp(params.max_connections ?? 40, 1, 100),
      ipAddress: params.ip_address,
      hasCertificate: uploads.has('certificate'),
    })
    return true
  },

  deleteWebhook(params, { emulation }) {
    if (params.drop_pending_updates === true) emulation.updates.clear()
    emulation.webhook.remove()
    return true
  },

  getWebhookInfo(_params, { emulation }) {
    return emulation.webhook.info()
  },
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.trunc(value)))
}

/**
 * Telegram requires HTTPS on one of four ports. Like a local Bot API server, this also accepts
 * http:// on loopback.
 */
function checkWebhookUrl(text: string): void {
  const url = URL.parse(text)
  if (!url || !url.hostname) throw badRequest('invalid webhook URL specified')
  if (LOOPBACK_HOSTS.has(url.hostname) && (url.protocol === 'http:' || url.protocol === 'https:')) return
  if (url.protocol !== 'https:') {
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
  }
  if (!WEBHOOK_PORTS.has(url.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  }
}
