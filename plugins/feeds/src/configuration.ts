import { z } from '@pluggram/sdk'

export const configuration = z.object({
  check_minutes: z.number().min(1).max(1_440).default(15).describe('How often feeds are checked'),
  max_feeds_per_chat: z.int().min(1).max(200).default(20).describe('The most feeds a chat may have'),
  max_entries: z
    .int()
    .min(1)
    .max(50)
    .default(5)
    .describe('The most new entries of a feed to send at once; the rest are only counted'),
  role: z.enum(['everyone', 'trusted', 'owner']).default('everyone').describe('Who may add and remove feeds'),
  allow_addresses: z
    .array(z.union([z.ipv4(), z.ipv6(), z.literal('localhost')]))
    .default([])
    .describe("Addresses in the owner's network that feeds may come from"),
})

export type Configuration = z.infer<typeof configuration>
