import { z } from '@pluggram/sdk'

export const configuration = z.object({
  timeout_seconds: z.number().min(1).max(30).default(15).describe('How long a page may take to arrive'),
  max_kilobytes: z.int().min(1).max(10_240).default(3_072).describe('Larger pages are not read'),
  max_characters: z
    .int()
    .min(500)
    .max(200_000)
    .default(16_000)
    .describe("How much of a page's text the model is given"),
  allow_addresses: z
    .array(z.union([z.ipv4(), z.ipv6(), z.literal('localhost')]))
    .default([])
    .describe("Addresses inside the owner's network that may be read as well, for example of a wiki"),
})

export type Configuration = z.infer<typeof configuration>
