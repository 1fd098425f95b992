import { z } from '@pluggram/sdk'
import type { TextEntity } from '@pluggram/sdk'
import { lenient, wellFormed } from './raw-media.ts'

const rawEntity = z.object({
  type: z.string(),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  url: lenient(wellFormed),
  language: lenient(z.string()),
  user: lenient(z.object({ id: z.int() })),
  custom_emoji_id: lenient(z.string()),
  unix_time: lenient(z.int()),
})

/** The entities of a text as plugins see them. Those that do not fit the text are left out. */
export function readEntities(entities: unknown, textLength: number): TextEntity[] {
  if (!Array.isArray(entities)) return []
  return entities.flatMap((entity: unknown) => {
    const { data } = rawEntity.safeParse(entity)
    return data && data.offset + data.length <= textLength ? [toEntity(data)] : []
  })
}

function toEntity({ type, offset, length, ...more }: z.infer<typeof rawEntity>): TextEntity {
  const { url, language, user, custom_emoji_id: customEmojiId, unix_time: unixTime } = more
  return {
    type,
    offset,
    length,
    ...(url !== undefined && { url }),
    ...(language !== undefined && { language }),
    ...(user !== undefined && { userId: user.id }),
    ...(customEmojiId !== undefined && { customEmojiId }),
    ...(unixTime !== undefined && { unixTime }),
  }
}
