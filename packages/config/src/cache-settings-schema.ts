import { z } from 'zod'

/** Where plugins' caches are stored. */
export const cacheSettings = z
  .strictObject({
    url: z
      .string()
      .max(4_096)
      .regex(/^postgres(?:ql)?:./i)
      .meta({
        description:
          'A PostgreSQL server on which assistants share the caches of their plugins, with user and password; better as `${VARIABLE}`. The user must be allowed to make a table. Default: the memory of each assistant.',
        expected: 'an address that begins with postgres:',
      })
      .optional(),
  })
  .meta({ description: "Where plugins' caches are kept.", takesEffect: 'next start' })
