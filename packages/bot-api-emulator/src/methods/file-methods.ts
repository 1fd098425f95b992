import { badRequest } from '../bot-api-error.ts'
import type { MethodHandlers } from '../method-registry.ts'
import { MAX_DOWNLOAD_BYTES } from '../options.ts'

/** Downloading files. */
export const fileMethods: MethodHandlers = {
  getFile(params, { emulation }) {
    const file = emulation.world.files.byId(params.file_id)
    if (!file) throw badRequest('invalid file_id')
    const size = file.bytes.byteLength
    if (size > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big')
    return {
      file_id: params.file_id,
      file_unique_id: file.uniqueId,
      file_size: size,
      file_path: file.path,
    }
  },

  getUserProfilePhotos(params, { emulation }) {
    if (!emulation.world.users.has(params.user_id) && params.user_id !== emulation.bot.id) {
      throw badRequest('user not found')
    }
    return { total_count: 0, photos: [] }
  },
}
