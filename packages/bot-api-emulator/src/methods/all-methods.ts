import type { MethodHandlers } from '../method-registry.ts'
import { profileMethods } from './profile-methods.ts'
import { textMethods } from './text-methods.ts'
import { updateMethods } from './update-methods.ts'

/** Every method with real behaviour. */
export const allMethods: MethodHandlers = { ...updateMethods, ...profileMethods, ...textMethods }
