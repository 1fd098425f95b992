import { definePart } from '@pluggram/assembly'
import { prepareAccess } from '@pluggram/access'
import { access, logger, mask, settings, storage } from './tokens.ts'

/** Who may use the assistant. */
export const accessRules = definePart({
  name: 'access',
  needs: { settings, storage, mask, logger },
  gives: access,
  start: (needs) => prepareAccess({ ...needs, store: needs.storage.access }),
})
