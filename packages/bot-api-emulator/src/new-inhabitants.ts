import type { NewChat, NewUser } from './drive-types.ts'
import { compact } from './compact.ts'
import { DriverError } from './driver-error.ts'

const USERNAME = /^[a-z]\w{3,31}$/i
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i
const CHAT_TYPES = new Set(['group', 'supergroup', 'channel'])

export function checkNewUser(user: NewUser): NewUser {
  const { username, languageCode } = user
  if (username !== undefined && !USERNAME.test(username)) {
    throw new DriverError(
      400,
      'username-invalid',
      'A username is 4 to 32 letters, digits and underscores, starting with a letter and without an @.',
    )
  }
  if (languageCode !== undefined && !LANGUAGE.test(languageCode)) {
    throw new DriverError(400, 'language-invalid', 'A language code looks like en or pt-br.')
  }
  return compact({
    firstName: requireName('firstName', user.firstName),
    lastName: user.lastName,
    username,
    languageCode,
  })
}

export function checkNewChat(chat: NewChat): NewChat {
  if (!CHAT_TYPES.has(chat.type)) {
    throw new DriverError(
      400,
      'type-invalid',
      'A new chat is a group, a supergroup or a channel; a private chat comes with its user.',
    )
  }
  return { type: chat.type, title: requireName('title', chat.title), memberIds: [...new Set(chat.memberIds)] }
}

export function requireText(text: string): string {
  if (!text.isWellFormed()) throw new DriverError(400, 'text-invalid', 'The text is not well-formed Unicode.')
  return text
}

function requireName(field: string, value: string): string {
  const name = value.trim()
  if (name === '' || name.length > 128) {
    throw new DriverError(400, 'name-invalid', `${field} needs 1 to 128 characters.`)
  }
  return name
}
