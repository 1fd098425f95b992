import { z } from 'zod'

/** Backups that the assistant makes by itself. */
export const backupSettings = z
  .strictObject({
    every_hours: z
      .number()
      .min(1)
      .max(8_760)
      .meta({
        description:
          'A backup is made when the last one is this old. Needs `PLUGGRAM_BACKUP_PASSPHRASE` or `recipient`. Default: none is made.',
        expected: 'a number of hours from 1 to 8760',
      })
      .optional(),
    folder: z
      .string()
      .min(1)
      .max(4_096)
      .meta({
        description: 'Where they are written, as a path or relative to the home. Better on another disk.',
        expected: 'a path',
      })
      .default('backups'),
    keep: z
      .int()
      .min(1)
      .max(1_000)
      .meta({
        description: 'How many are kept; older ones are deleted.',
        expected: 'a whole number from 1 to 1000',
      })
      .default(7),
    recipient: z
      .string()
      .regex(/^age1[a-z0-9]+$/)
      .meta({
        description:
          'A public key of age. Then no passphrase is needed on this machine, and only the secret key opens the backups.',
        expected: 'a public key of age, which begins with age1',
      })
      .optional(),
  })
  .meta({ description: 'Backups that the assistant makes by itself.', takesEffect: 'live' })
