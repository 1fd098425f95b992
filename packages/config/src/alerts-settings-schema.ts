import { z } from 'zod'

const KINDS = [
  'plugin',
  'errors',
  'budget',
  'model',
  'telegram',
  'storage',
  'disk',
  'backup',
  'other',
] as const

const kind = z.enum(KINDS).meta({ expected: `one of ${KINDS.join(', ')}` })

function kinds(description: string): z.ZodArray<typeof kind> {
  return z
    .array(kind)
    .max(KINDS.length)
    .meta({ description, expected: `an array of ${KINDS.join(', ')}` })
}

/** What the owner is told in Telegram when something does not work. */
export const alertsSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .meta({ description: 'Whether owners are told.', expected: 'true or false' })
      .default(true),
    off: kinds(
      'Kinds that nobody is told: `plugin` (parked), `errors` (a plugin fails unusually often), `budget` (50, 80 and 100 %), `model`, `telegram`, `storage`, `disk`, `backup`, `other`.',
    ).default([]),
    to: z
      .array(z.int().positive().meta({ expected: "a user's ID, a whole number above 0" }))
      .max(20)
      .meta({
        description: 'Who is told. Default: all owners.',
        expected: "an array of at most 20 users' ids",
      })
      .default([]),
    quiet_hours: z
      .string()
      .regex(/^(?:off|(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)$/)
      .meta({
        description:
          'When only urgent kinds are told, in the time zone of the owner who is told; other kinds wait until it ends. `off`: never.',
        expected: '"off", or two times such as "23:00-07:00"',
      })
      .default('23:00-07:00'),
    urgent: kinds('Kinds that are told in quiet hours, too.').default(['telegram', 'storage', 'disk']),
    per_day: z
      .int()
      .min(1)
      .max(200)
      .meta({
        description: 'So many alerts a day at most. The last one says where the others are.',
        expected: 'a whole number from 1 to 200',
      })
      .default(10),
    wait_seconds: z
      .partialRecord(
        kind,
        z.number().min(0).max(86_400).meta({ expected: 'a number of seconds up to 86400' }),
      )
      .meta({
        description:
          'How long something has to last until it is told, by kind: what heals by itself meanwhile is not told. Default: plugin 15, errors 0, budget 30, model 60, telegram 60, storage 30, disk 60, backup 0, other 60.',
        expected: 'an object of kinds with numbers of seconds',
      })
      .default({}),
    group_seconds: z
      .number()
      .min(0)
      .max(3_600)
      .meta({
        description:
          'What happens within that time is one message. It doubles with each message of the last hour.',
        expected: 'a number of seconds from 0 to 3600',
      })
      .default(10),
    look_seconds: z
      .number()
      .min(0.2)
      .max(60)
      .meta({
        description: 'How often the assistant looks for what does not work.',
        expected: 'a number of seconds from 0.2 to 60',
      })
      .default(5),
    disk_free_mb: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .meta({
        description: 'With less room on the disk of the data folder, owners are told.',
        expected: 'a whole number of megabytes',
      })
      .default(500),
  })
  .meta({
    description: 'What owners are told in Telegram when something does not work.',
    takesEffect: 'live',
  })
