import { definePart } from '@pluggram/assembly'
import { DeliveryError } from '@pluggram/sdk'
import { outgoing } from './tokens.ts'

/**
 * Used when only tools are served: there is no connection, so writing to a chat fails with an
 * explanation.
 */
export const noChats = definePart({
  name: 'no chats',
  gives: outgoing,
  start: () => ({ post: refuse, call: refuse, accept: refuse, connection: () => 'not connected' }),
})

async function refuse(): Promise<never> {
  throw new DeliveryError(
    'delivery-failed',
    'This program only serves tools and writes to no chat. Start the assistant: npx pluggram start.',
  )
}
