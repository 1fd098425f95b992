import type { MethodHandlers } from '../method-registry.ts'
import { chatMethods } from './chat-methods.ts'
import { contentMethods } from './content-methods.ts'
import { copyMethods } from './copy-methods.ts'
import { editMethods } from './edit-methods.ts'
import { fileMethods } from './file-methods.ts'
import { mediaMethods } from './media-methods.ts'
import { messageMethods } from './message-methods.ts'
import { profileMethods } from './profile-methods.ts'
import { textMethods } from './text-methods.ts'
import { updateMethods } from './update-methods.ts'

/** Every method with real behaviour. */
export const allMethods: MethodHandlers = {
  ...updateMethods,
  ...profileMethods,
  ...textMethods,
  ...mediaMethods,
  ...contentMethods,
  ...editMethods,
  ...copyMethods,
  ...messageMethods,
  ...chatMethods,
  ...fileMethods,
}
