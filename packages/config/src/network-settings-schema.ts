import { z } from 'zod'
import { proxyAddress } from './schema-parts.ts'

/** The block `network`. */
export const networkSettings = z
  .strictObject({
    https_proxy: proxyAddress('The proxy for https:// addresses.').optional(),
    http_proxy: proxyAddress('The proxy for http:// addresses; it has to allow `CONNECT`.').optional(),
    all_proxy: proxyAddress('The proxy for addresses that have none of their own.').optional(),
    no_proxy: z
      .string()
      .max(10_000)
      .meta({
        description:
          'What is reached without a proxy, separated by commas: `example.com` with everything below it, addresses, `10.0.0.0/8`, each also with a port, or `*`. This machine always is.',
        expected: 'names and addresses, separated by commas',
      })
      .optional(),
  })
  .meta({
    description:
      'Proxies for models, MCP servers, Telegram and plugins. The usual variables set them, in upper and lower case.',
    takesEffect: 'live',
  })
