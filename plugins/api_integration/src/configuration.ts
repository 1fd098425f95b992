import { z } from '@pluggram/sdk'
import { parseAddress } from './address.ts'
import { parseDocument } from './openapi/document.ts'
import { parseTemplate, textsIn } from './template.ts'

function parsed(parse: (text: string) => unknown, max = 10_000): z.ZodString {
  return z
    .string()
    .min(1)
    .max(max)
    .superRefine((text, context) => {
      try {
        parse(text)
      } catch (error) {
        context.addIssue(error instanceof Error ? error.message : 'cannot be read')
      }
    })
}

const commandName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'has lower case letters, digits and _, at most 32')
const secret = z.string().min(1).max(10_000)
const template = parsed(parseTemplate)
const role = z.enum(['everyone', 'trusted', 'owner'])

const auth = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('bearer'), token: secret }),
    z.strictObject({ type: z.literal('basic'), username: z.string(), password: secret }),
    z.strictObject({ type: z.literal('header'), name: z.string().regex(/^[\w-]+$/), value: secret }),
    z.strictObject({ type: z.literal('query'), name: z.string().min(1), value: secret }),
  ])
  .describe('How requests prove who you are; put secrets into .env and write "${NAME}" here')

const endpoint = z.strictObject({
  url: parsed(parseAddress).describe(
    'The address; {{ expressions }} may stand behind the host and are encoded',
  ),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  description: z
    .string()
    .min(1)
    .max(256)
    .default('Ask another service')
    .describe('What the command does, for the menu'),
  usage: z.string().max(200).optional().describe('How to write the command, for example "/weather TOWN"'),
  examples: z.array(z.string()).max(20).default([]).describe('Things people say when they mean this command'),
  command: z.boolean().default(true).describe('Offer it as a command of its name'),
  pattern: parsed((text) => new RegExp(text, 'iu'), 500)
    .optional()
    .describe('Also answer messages that match this regular expression; ".*" is every message'),
  role: role.default('everyone').describe('Who may use it'),
  headers: z.record(z.string().regex(/^[\w-]+$/), template).default({}),
  auth: auth.optional(),
  body: z
    .json()
    .optional()
    .superRefine((body, context) => {
      for (const text of textsIn(body)) {
        try {
          parseTemplate(text)
        } catch (error) {
          context.addIssue(error instanceof Error ? error.message : 'cannot be read')
        }
      }
    })
    .describe(
      'What is sent, with {{ expressions }} in its texts; default { "message": "{{ message }}" }, nothing for GET and DELETE',
    ),
  body_type: z.enum(['json', 'form']).default('json'),
  reply: template
    .optional()
    .describe('The reply, with {{ expressions }} over the answer; default: the answer as readable text'),
  format: z.enum(['plain', 'markdown']).default('plain').describe('How the reply is written'),
  errors: z
    .record(z.string().regex(/^[1-5]\d\d$/), z.string().min(1).max(500))
    .default({})
    .describe(
      'What is said when the answer has that status, for example { "404": "There is no such town." }',
    ),
  timeout_seconds: z.number().min(1).max(30).default(15),
  tool: z
    .strictObject({
      description: z.string().min(1).max(1_024).describe('For the model: what it does and when to use it'),
      effect: z
        .enum(['none', 'external'])
        .default('external')
        .describe('"none" only looks something up; any other call is approved by a person'),
      role: role.default('owner').describe('On whose behalf the model may use it'),
    })
    .optional()
    .describe('Offers the endpoint to the language model; what the model writes is the message'),
})

const openapi = z.strictObject({
  document: z
    .union([parsed(parseDocument, 5_000_000), z.record(z.string(), z.json())])
    .describe('An OpenAPI 3 document: "${file:petstore.yaml}", or the document itself'),
  server: parsed(parseAddress)
    .optional()
    .describe('The address before the paths; default: the document’s first server'),
  operations: z.array(z.string()).optional().describe('The operationIds to offer; default: all, at most 50'),
  commands: z.boolean().default(true).describe('Offer operations as commands'),
  tools: z.boolean().default(true).describe('Offer operations to the language model'),
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,15}$/)
    .optional()
    .describe('Stands before the names of commands and tools'),
  role: role
    .default('owner')
    .describe('Who may use the commands, and on whose behalf the model may use the tools'),
  auth: auth.optional(),
  timeout_seconds: z.number().min(1).max(30).default(15),
})

export const configuration = z.object({
  endpoints: z.record(commandName, endpoint).default({}).describe('Endpoints by the name of their command'),
  openapi: z.array(openapi).max(20).default([]).describe('Services that describe themselves with OpenAPI 3'),
  allow_addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .default([])
    .describe('Addresses inside your network that the names in your addresses lead to'),
})

export type Configuration = z.infer<typeof configuration>
export type EndpointConfig = Configuration['endpoints'][string]
export type OpenApiConfig = Configuration['openapi'][number]
export type AuthConfig = z.infer<typeof auth>
