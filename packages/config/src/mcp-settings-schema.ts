import { z } from 'zod'
import { isHttpUrl } from './schema-parts.ts'

const SERVER_NAME = /^[a-z][a-z0-9_]{0,31}$/

const server = z
  .strictObject({
    command: z
      .string()
      .min(1)
      .max(4096)
      .meta({ description: 'The program to start, for example `npx`.', expected: 'a command' })
      .optional(),
    args: z
      .array(z.string().max(65_536))
      .max(1_000)
      .meta({ description: 'What it is started with.', expected: 'an array of text' })
      .default([]),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/), z.string().max(65_536))
      .meta({
        description: 'Its environment, besides PATH, HOME and the like.',
        expected: 'an object of names with text',
      })
      .default({}),
    url: z
      .string()
      .max(2_048)
      .refine(isHttpUrl)
      .meta({
        description: 'The address of a server, in place of a program.',
        expected: 'an http:// or https:// address',
      })
      .optional(),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().max(8_192))
      .meta({
        description: 'Sent with every request to `url`, for example `authorization`.',
        expected: 'an object of header names with text',
      })
      .default({}),
    role: z
      .enum(['owner', 'trusted', 'everyone'])
      .meta({ description: 'Who may use its tools.', expected: '"owner", "trusted" or "everyone"' })
      .default('owner'),
  })
  .check((context) => {
    const { command, url } = context.value
    if ((command === undefined) === (url === undefined)) {
      context.issues.push({
        code: 'custom',
        path: [command === undefined ? 'command' : 'url'],
        input: context.value,
        message: 'a server has either a command or a url',
      })
    }
  })

/** `mcp`: servers of the Model Context Protocol, and the assistant as one. */
export const mcpSettings = z
  .strictObject({
    servers: z
      .record(z.string().regex(SERVER_NAME), server)
      .meta({
        description:
          'MCP servers that are mounted as plugins with tools, by name: `{ command, args, env }` or `{ url, headers }`, and `role`.',
        expected: 'an object: name → { "command": …, "args": […] } or { "url": … }',
      })
      .default({}),
    token: z
      .string()
      .min(16)
      .max(1_024)
      .meta({
        description:
          'Other programs that send it as `Authorization: Bearer …` may call the tools of your plugins at `/mcp`, as you. Without it nobody may.',
        expected: 'text of 16 characters or more',
      })
      .optional(),
  })
  .meta({ description: 'The Model Context Protocol.', takesEffect: 'live' })
