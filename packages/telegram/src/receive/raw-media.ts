import { z } from '@pluggram/sdk'

/** Malformed optional members are dropped, so that a message with an odd attachment keeps its text. */
export const lenient = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodCatch<T>> =>
  // most are absent, and with `optional` as the outer check an absent member costs half as much
  schema.catch(undefined as never).optional()

/**
 * Lone surrogates cannot be encoded as UTF-8. Their replacement has the same length, so offsets
 * stay valid.
 */
export const wellFormed = z.string().transform((value) => value.toWellFormed())

const picture = {
  file_id: z.string().min(1),
  file_size: lenient(z.int().nonnegative()),
}
const size = z.int().nonnegative().catch(0)
const duration = z.number().nonnegative().catch(0)
const rawPhoto = z.object({ ...picture, width: size, height: size })
const file = {
  ...picture,
  file_name: lenient(wellFormed),
  mime_type: lenient(z.string()),
  thumbnail: lenient(rawPhoto),
}
const rawVideo = z.object({ ...file, width: size, height: size, duration })

/** What a message has besides text. */
export const media = {
  photo: lenient(z.array(rawPhoto)),
  live_photo: lenient(z.object({ photo: lenient(z.array(rawPhoto)) })),
  document: lenient(z.object(file)),
  voice: lenient(z.object({ ...file, duration })),
  audio: lenient(z.object({ ...file, duration, title: lenient(wellFormed) })),
  animation: lenient(rawVideo),
  video: lenient(rawVideo),
  video_note: lenient(z.object({ ...file, length: size, duration })),
  sticker: lenient(z.object({ ...file, emoji: lenient(wellFormed) })),
  dice: lenient(z.object({ emoji: wellFormed, value: z.int() })),
  location: lenient(z.object({ latitude: z.number(), longitude: z.number() })),
  contact: lenient(
    z.object({
      phone_number: wellFormed,
      first_name: wellFormed.catch(''),
      last_name: lenient(wellFormed),
      vcard: lenient(wellFormed),
    }),
  ),
}

const rawMedia = z.object(media)
export type RawMedia = z.infer<typeof rawMedia>
