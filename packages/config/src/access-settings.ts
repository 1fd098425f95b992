import { z } from 'zod'

function ids(description: string, expected: string): z.ZodDefault<z.ZodArray<z.ZodNumber>> {
  return z
    .array(z.number().int().meta({ expected }))
    .max(10_000)
    .meta({ description, expected: 'an array of ids, whole numbers' })
    .default([])
}

const USER = "a user's ID, a whole number above 0 (not a @name; /users in the chat shows IDs)"

/** `access` in config.json. It applies together with the decisions that owners make by chat. */
export const accessSettings = z
  .strictObject({
    mode: z
      .enum(['owners', 'listed', 'everyone'])
      .meta({
        description:
          'Who may chat: only `owners`; only those who are `listed` (owners, trusted and allowed users, and everyone inside an allowed group); or `everyone` who is not blocked. If not set, it is what an owner chose by chat, else `listed` once there is an owner, and `everyone` before.',
        expected: '"owners", "listed" or "everyone"',
        examples: ['listed'],
      })
      .optional(),
    owners: ids('Users who run the assistant.', USER),
    trusted: ids('People who may use restricted features.', USER),
    allowed_users: ids('Users who may chat in the mode `listed`.', USER),
    allowed_groups: ids(
      'Groups whose members may chat in the mode `listed`.',
      "a group's id, a whole number below 0",
    ),
    blocked: ids('Users and groups that are ignored.', "a user's or group's id, a whole number"),
  })
  .meta({
    description:
      'Who may use the assistant. What owners decide by chat (`/users`) is kept in the data folder.',
    takesEffect: 'live',
  })
