import type { CredentialDefinition, PluginPermissions } from '@pluggram/sdk'
import { z } from 'zod'

/** Exactly one host: no scheme, path, user, wildcard or look-alike letters. */
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/
const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/
/** These steer the connection or what the server takes the request for. */
const NO_CREDENTIAL =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|origin|via|forwarded|x-forwarded-.*|accept.*|sec-.*|proxy-.*)$/

/** The manifest's `credentials`. */
export const credentialsSchema = z
  .record(
    z.string().max(32).regex(NAME, 'a credential has lower case letters, digits and single _'),
    z.looseObject({
      hosts: z
        .array(z.string().max(260).regex(HOST, 'is no exact host such as "api.example.com"'))
        .min(1, 'is empty')
        .max(20),
      header: z
        .string()
        .toLowerCase()
        .regex(HEADER, 'is no name of a header')
        .refine((name) => !NO_CREDENTIAL.test(name), 'is no header for a credential')
        .default('authorization'),
      scheme: z
        .string()
        .regex(/^[A-Za-z][\w-]{0,31}$/, 'is no scheme such as "Bearer"')
        .optional(),
      reason: z.string().trim().min(1, 'is empty').max(200),
    }),
  )
  .refine((credentials) => Object.keys(credentials).length <= 20, 'are more than 20')

export const CREDENTIAL_KEYS: ReadonlySet<string> = new Set(['hosts', 'header', 'scheme', 'reason'])

/** What a plugin with credentials asks for: each of them at each host, and the hosts themselves. */
export function withCredentials(
  permissions: PluginPermissions | undefined,
  credentials: Readonly<Record<string, CredentialDefinition>> = {},
): PluginPermissions | undefined {
  const { credentials: _written, ...asked } = permissions ?? {}
  const definitions = Object.entries(credentials)
  if (definitions.length === 0) return permissions && asked
  const hosts = definitions.flatMap(([, definition]) => definition.hosts)
  return {
    ...asked,
    network: [...new Set([...(asked.network ?? []), ...hosts.map(withoutBrackets)])],
    credentials: definitions.flatMap(([name, definition]) =>
      definition.hosts.map((host) => credentialLine(name, definition, host)),
    ),
  }
}

/** One line of a grant, such as `github to api.github.com as authorization: Bearer`. */
export function credentialLine(name: string, definition: CredentialDefinition, host: string): string {
  return `${name} to ${host} as ${definition.header ?? 'authorization'}: ${schemeOf(definition) ?? ''}`.replace(
    /: $/,
    '',
  )
}

/** The word before the value, if there is one. */
export function schemeOf({ header = 'authorization', scheme }: CredentialDefinition): string | undefined {
  return scheme ?? (header === 'authorization' ? 'Bearer' : undefined)
}

/** A host's grant names an IPv6 address without a port plainly. */
function withoutBrackets(host: string): string {
  return /^\[[^\]]+\]$/.test(host) ? host.slice(1, -1) : host
}
