import { ApiError, isRecord } from './api-error.ts'
import type {
  DriverEvent,
  DriverState,
  EmulatedChat,
  EmulatedUser,
  TranscriptMessage,
} from './driver-types.ts'

/**
 * Validates what the page relies on: ids are numbers, texts are strings, lists are lists. Anything
 * else is optional in the contract and only drawn if present.
 */
export function parseState(value: unknown): DriverState {
  return check(value, 'state', isState)
}

export function parseUser(value: unknown): EmulatedUser {
  return check(value, 'user', isUser)
}

export function parseChat(value: unknown): EmulatedChat {
  return check(value, 'chat', isChat)
}

export function parseMessage(value: unknown): TranscriptMessage {
  return check(value, 'message', isMessage)
}

export function parseMessages(value: unknown): readonly TranscriptMessage[] {
  return check(value, 'messages', isMessageList).messages
}

export function parsePress(value: unknown): string {
  return check(value, 'press', isPress).queryId
}

/** An event of an unknown kind. It counts for the sequence, but changes nothing. */
export interface UnknownEvent {
  readonly type: 'unknown'
  readonly sequence: number
}

/** Parses the data of a server-sent event. */
export function parseEvent(data: string): DriverEvent | UnknownEvent {
  const value = parseRecord(data)
  const sequence = value?.['sequence']
  if (value === undefined || !isNumber(sequence)) throw unexpected('event')
  const type = String(value['type'])
  if (!Object.hasOwn(EVENT_CHECKS, type)) return { type: 'unknown', sequence }
  return check(
    value,
    'event',
    (event): event is DriverEvent => EVENT_CHECKS[type]?.(value) === true && event === value,
  )
}

function parseRecord(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const EVENT_CHECKS: Readonly<Record<string, (event: Record<string, unknown>) => boolean>> = {
  'message-added': (event) => isMessage(event['message']),
  'message-edited': (event) => isMessage(event['message']),
  'message-deleted': (event) => isNumber(event['chatId']) && isNumber(event['messageId']),
  'draft-updated': ({ draft }) =>
    isRecord(draft) && isNumber(draft['chatId']) && isString(draft['text']) && isEntities(draft['entities']),
  'chat-action': (event) => isNumber(event['chatId']) && isString(event['action']),
  'callback-answered': (event) => isNumber(event['chatId']) && isString(event['queryId']),
  'user-created': (event) => isUser(event['user']),
  'chat-created': (event) => isChat(event['chat']),
  'commands-changed': (event) => isListOf(event['commands'], isCommand),
}

function check<T>(value: unknown, what: string, isValid: (value: unknown) => value is T): T {
  if (!isValid(value)) throw unexpected(what)
  return value
}

function unexpected(what: string): ApiError {
  return new ApiError(
    502,
    'unexpected-answer',
    `The assistant sent a ${what} that this page cannot read. Reload the page.`,
  )
}

function isState(value: unknown): value is DriverState {
  return (
    isRecord(value) &&
    isUser(value['bot']) &&
    isListOf(value['users'], isUser) &&
    isListOf(value['chats'], isChat) &&
    isListOf(value['commands'], isCommand)
  )
}

function isUser(value: unknown): value is EmulatedUser {
  return isRecord(value) && isNumber(value['id']) && isString(value['firstName'])
}

function isChat(value: unknown): value is EmulatedChat {
  return (
    isRecord(value) &&
    isNumber(value['id']) &&
    isString(value['type']) &&
    isListOf(value['memberIds'], isNumber)
  )
}

function isMessage(value: unknown): value is TranscriptMessage {
  return (
    isRecord(value) &&
    [value['id'], value['chatId'], value['senderId'], value['date']].every(isNumber) &&
    isString(value['text']) &&
    isEntities(value['entities']) &&
    isListOf(value['attachments'], isRecord) &&
    isListOf(value['buttons'], (row) => isListOf(row, isRecord)) &&
    isListOf(value['reactions'], isRecord)
  )
}

function isMessageList(value: unknown): value is { messages: readonly TranscriptMessage[] } {
  return isRecord(value) && isListOf(value['messages'], isMessage)
}

function isPress(value: unknown): value is { queryId: string } {
  return isRecord(value) && isString(value['queryId'])
}

function isCommand(value: unknown): boolean {
  return isRecord(value) && isString(value['command']) && isString(value['description'])
}

function isEntities(value: unknown): boolean {
  return isListOf(value, (entity) => isRecord(entity) && isString(entity['type']))
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item))
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
