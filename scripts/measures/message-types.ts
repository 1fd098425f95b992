import { relative } from 'node:path'
import { isTest } from '../house.ts'
import type { House } from '../house.ts'

/** The type names that an outgoing message takes, in order, each with the file that declares it. */
const MESSAGE_TYPES = ['Reply', 'OutgoingMessage', 'OutboxRow', 'SentMessage'] as const

/** Names that sound like an outgoing message but are not, or belong to what authors write. */
const OTHERS = new Set<string>([
  // incoming, or something that a plugin looks at
  'ObservedMessage',
  'MessageContext',
  'MessageScope',
  'ChatMessage',
  'ModelMessage',
  'IncomingMessage',
  'RawMessage',
  'RawQuotedMessage',
  'WholeReply',
  // a store
  'SentMessages',
  // a row of a restored outbox, as the command line shows it
  'HeldMessage',
  // between the host and a plugin process
  'StreamMessage',
])

const PARTS = /^packages\/(?:sdk|pipeline|telegram|storage|host)\//
const DECLARED = /^export (?:interface|type) (\w+)/gm
/** All names that an outgoing message has had. */
const SOUNDS_LIKE =
  /^(?:\w*Repl(?:y|ies)|\w*(?:Outgoing|Outbox|Interim|Planned|Settled|Posted|Sent)\w*|\w*Part|\w*Message)$/

export interface MessageTypes {
  /** The names of the list that exist. */
  readonly names: readonly string[]
  /** Names exported along a message's path that sound like one and are in no list. */
  readonly strangers: readonly string[]
}

/** Counts the names, including those that exist in the code but in no list. */
export function messageTypes({ root, files }: House): MessageTypes {
  const declared = new Set(
    [...files.values()]
      .filter(({ path }) => PARTS.test(relative(root, path)) && !isTest(relative(root, path)))
      .flatMap(({ text }) => [...text.matchAll(DECLARED)].map(([, name = '']) => name)),
  )
  const isListed = (name: string): boolean => (MESSAGE_TYPES as readonly string[]).includes(name)
  const strangers = [...declared].filter(
    (name) =>
      SOUNDS_LIKE.test(name) &&
      !isListed(name) &&
      !OTHERS.has(name) &&
      !/(?:Options|Context|Error)$/.test(name),
  )
  return { names: [...MESSAGE_TYPES.filter((name) => declared.has(name)), ...strangers], strangers }
}
