import { randomInt } from 'node:crypto'
import type { TelegramInputPollOption, TelegramPoll, TelegramPollOption } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import { compact } from '../compact.ts'
import type { MethodHandlers } from '../method-registry.ts'
import { formatText } from '../text/format-text.ts'
import { readReplyMarkup } from './reply-markup.ts'
import { findMessage, writableChat } from './resolve-chat.ts'
import { sendFromBot } from './send-from-bot.ts'

const DICE_FACES: Record<string, number> = { '🎲': 6, '🎯': 6, '🎳': 6, '🏀': 5, '⚽': 5, '🎰': 64 }
const MAX_POLL_OPTIONS = 12

/** Messages that are neither text nor files: locations, contacts, polls, dice and invoices. */
export const contentMethods: MethodHandlers = {
  sendLocation(params, { emulation }) {
    const { latitude, longitude, horizontal_accuracy, live_period, heading, proximity_alert_radius } = params
    checkPlace(latitude, longitude)
    return sendFromBot(emulation, params, {
      location: compact({
        latitude,
        longitude,
        horizontal_accuracy,
        live_period,
        heading,
        proximity_alert_radius,
      }),
    })
  },

  sendVenue(params, { emulation }) {
    const { latitude, longitude, title, address, foursquare_id, google_place_id } = params
    checkPlace(latitude, longitude)
    const location = { latitude, longitude }
    return sendFromBot(emulation, params, {
      location,
      venue: compact({ location, title, address, foursquare_id, google_place_id }),
    })
  },

  sendContact(params, { emulation }) {
    const { phone_number, first_name, last_name, vcard } = params
    if (phone_number.trim() === '') throw badRequest('phone number is empty')
    if (first_name.trim() === '') throw badRequest('first name is empty')
    return sendFromBot(emulation, params, {
      contact: compact({ phone_number, first_name, last_name, vcard }),
    })
  },

  sendDice(params, { emulation }) {
    const emoji = params.emoji ?? '🎲'
    return sendFromBot(emulation, params, {
      dice: { emoji, value: randomInt(1, (DICE_FACES[emoji] ?? 6) + 1) },
    })
  },

  sendPoll(params, { emulation }) {
    const question = formatText({
      text: String(params.question),
      parseMode: params.question_parse_mode,
      entities: params.question_entities,
    })
    if (question.text === '') throw badRequest('poll question must be non-empty')
    if (question.text.length > 300) throw badRequest('poll question length must not exceed 300')
    if (params.options.length === 0) throw badRequest('poll must have at least 1 option')
    if (params.options.length > MAX_POLL_OPTIONS) {
      throw badRequest(`poll can't have more than ${MAX_POLL_OPTIONS} options`)
    }
    const poll: TelegramPoll = compact({
      id: `${randomInt(1e9, 1e10)}${randomInt(1e8, 1e9)}`,
      question: question.text,
      question_entities: question.entities.length > 0 ? question.entities : undefined,
      options: params.options.map(pollOption),
      total_voter_count: 0,
      is_closed: params.is_closed ?? false,
      is_anonymous: params.is_anonymous ?? true,
      type: params.type ?? 'regular',
      allows_multiple_answers: params.allows_multiple_answers ?? false,
      allows_revoting: params.allows_revoting ?? true,
      members_only: params.members_only ?? false,
      correct_option_ids: params.correct_option_ids,
    })
    if (poll.type === 'quiz' && (poll.correct_option_ids ?? []).length === 0) {
      throw badRequest('invalid correct option identifier specified')
    }
    return sendFromBot(emulation, params, { poll })
  },

  stopPoll(params, { emulation }) {
    const chat = writableChat(emulation, params.chat_id)
    const record = findMessage(chat, params.message_id, 'message with poll to stop')
    const { poll } = record.message
    if (!poll || !record.fromBot) throw badRequest("poll can't be stopped")
    if (poll.is_closed) throw badRequest('poll has already been closed')
    const { inline } = readReplyMarkup(params.reply_markup)
    record.message.poll = { ...poll, is_closed: true }
    if (inline) record.message.reply_markup = inline
    else delete record.message.reply_markup
    emulation.world.announceEdit(record)
    return record.message.poll
  },

  sendInvoice(params, { emulation }) {
    const { title, description, currency, prices } = params
    const total = prices.reduce((sum, price) => sum + price.amount, 0)
    return sendFromBot(emulation, params, {
      invoice: {
        title,
        description,
        currency,
        start_parameter: params.start_parameter ?? '',
        total_amount: total,
      },
    })
  },

  sendGame(params, { emulation }) {
    return sendFromBot(emulation, params, {
      game: { title: params.game_short_name, description: '', photo: [] },
    })
  },
}

function pollOption(option: TelegramInputPollOption, index: number): TelegramPollOption {
  const { text, entities } = formatText({
    text: String(option.text),
    parseMode: option.text_parse_mode,
    entities: option.text_entities,
  })
  if (text === '') throw badRequest('poll options must be non-empty')
  if (text.length > 100) throw badRequest('poll options length must not exceed 100')
  return {
    persistent_id: String(index),
    text,
    ...(entities.length > 0 && { text_entities: entities }),
    voter_count: 0,
  }
}

function checkPlace(latitude: number, longitude: number): void {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) throw badRequest('wrong location specified')
}
