import { relative } from 'node:path'
import { isTest } from '../house.ts'
import type { House } from '../house.ts'

/** The names that tell the way of one outgoing message, in its order, each with where it is declared. */
const MESSAGE_TYPES = ['Reply', 'OutgoingMessage', 'OutboxRow', 'SentMessage'] as const

/** Names that sound like an outgoing message and are none, or belong to what authors write. */
const OTHERS = new Set<string>([
  // incoming, or what a plugin looks at
  'ObservedMessage',
  'MessageContext',
  'MessageScope',
  'ChatMessage',
  'ModelMessage',
  'IncomingMessage',
  'RawMessage',
  'WholeReply',
  // between the host and a plugin process
  'StreamMessage',
])

const PARTS = /^packages\/(?:sdk|pipeline|telegram|storage|host)\//
const DECLARED = /^export (?:interface|type) (\w+)/gm
/** What a message on its way out has been called. */
const SOUNDS_LIKE =
  /^(?:\w*Repl(?:y|ies)|\w*(?:Outgoing|Outbox|Interim|Planned|Settled|Posted|Sent)\w*|\w*Part|\w*Message)$/

export interface MessageTypes {
  /** Of the list, as far as they exist. */
  readonly names: readonly string[]
  /** Exported on the way of a message, sound like one, and are in no list. */
  readonly strangers: readonly string[]
}

/** Counts the names; one that the code has and no list does counts, too. */
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
