import { definePart } from '@pluggram/assembly'
import { DeliveryError } from '@pluggram/sdk'
import { outgoing } from './tokens.ts'

/** Where only tools are served there is no connection: whoever wants to write to a chat is told so. */
export const noChats = definePart({
  name: 'no chats',
  gives: outgoing,
  start: () => ({ post: refuse, call: refuse, connection: () => 'not connected' }),
})

async function refuse(): Promise<never> {
  throw new DeliveryError(
    'delivery-failed',
    'This program only serves tools and writes to no chat. Start the assistant: npx pluggram start.',
  )
}
