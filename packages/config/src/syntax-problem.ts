import { printParseErrorCode, type ParseError } from 'jsonc-parser'

type ErrorName = ReturnType<typeof printParseErrorCode>

/**
 * The three parts of a syntax error's message. They never quote the file, which may contain
 * secrets.
 */
export interface SyntaxExplanation {
  readonly offset: number
  readonly expected: string
  readonly got: string
  readonly fix: string
}

const A_COMMA = 'a comma'

const STRING_ERRORS = {
  UnexpectedEndOfString: [
    'a closing double quote on the same line',
    'the end of the line',
    'close the text with "',
  ],
  InvalidUnicode: [
    'four hexadecimal digits after \\u',
    'something else',
    'write \\u and four digits, or the character itself',
  ],
  InvalidEscapeCharacter: [
    'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u',
    'another escape',
    'write \\\\ for a backslash',
  ],
  InvalidCharacter: [
    'text without control characters',
    'a raw control character',
    'write \\n for a line break, \\t for a tab',
  ],
} as const

/** Explains an error of the JSON parser; `text` is the whole file. */
export function explainSyntaxError(error: ParseError, text: string): SyntaxExplanation {
  const name = printParseErrorCode(error.error)
  const found = describeToken(text, error.offset)
  return {
    offset: error.offset,
    ...explain(name, text.slice(error.offset, error.offset + error.length), found),
  }
}

function explain(name: ErrorName, token: string, found: string): Omit<SyntaxExplanation, 'offset'> {
  switch (name) {
    case 'UnexpectedEndOfComment':
      return { expected: 'a closing */', got: 'the end of the file', fix: 'close the comment with */' }
    case 'UnexpectedEndOfString':
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
    case 'InvalidCharacter': {
      const [expected, got, fix] = STRING_ERRORS[name]
      return { expected, got, fix }
    }
    case 'InvalidSymbol':
      return explainSymbol(token)
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return {
        expected: 'a number such as 1, -2 or 0.5',
        got: 'an unfinished number',
        fix: 'complete the number',
      }
    case 'PropertyNameExpected':
      if (found === A_COMMA) return { expected: 'a key', got: A_COMMA, fix: 'remove the comma' }
      return { expected: 'a key in double quotes', got: found, fix: 'write the key as "key"' }
    case 'ValueExpected':
      if (found === A_COMMA) return { expected: 'a value', got: A_COMMA, fix: 'remove the comma' }
      return { expected: 'a value', got: found, fix: 'write "text", a number, true, false, null, {…} or […]' }
    case 'ColonExpected':
      return { expected: 'a colon after the key', got: found, fix: 'write "key": value' }
    case 'CommaExpected':
      return {
        expected: 'a comma between two entries',
        got: found,
        fix: 'put a comma after the entry before this one',
      }
    case 'CloseBraceExpected':
      return { expected: 'a closing }', got: found, fix: 'close the object with }' }
    case 'CloseBracketExpected':
      return { expected: 'a closing ]', got: found, fix: 'close the array with ]' }
    case 'EndOfFileExpected':
      return {
        expected: 'the end of the file',
        got: found,
        fix: 'remove what follows the last closing bracket',
      }
    default:
      return { expected: 'JSON', got: found, fix: 'correct the JSON here' }
  }
}

function explainSymbol(token: string): Omit<SyntaxExplanation, 'offset'> {
  if (/^[#;/]/.test(token)) {
    return {
      expected: 'JSON',
      got: `a word that begins with ${token.charAt(0)}`,
      fix: 'begin a comment with //',
    }
  }
  if (token.startsWith("'")) {
    return { expected: 'double quotes', got: 'single quotes', fix: 'write "text" with double quotes' }
  }
  if (/^(?:true|false|null|none)$/i.test(token)) {
    return { expected: 'true, false or null', got: token, fix: 'write it in lower case; None is null' }
  }
  if (/^[+-]?(?:undefined|nan|infinity)$/i.test(token)) {
    return { expected: 'a JSON value', got: token, fix: 'write null, or leave the key out' }
  }
  return { expected: 'a JSON value', got: 'a word without quotes', fix: 'put text and keys in double quotes' }
}

function describeToken(text: string, offset: number): string {
  const character = text.charAt(offset)
  if (character === '') return 'the end of the file'
  if ('{}[]:,'.includes(character)) return character === ',' ? A_COMMA : character
  if (character === '"') return 'text in quotes'
  return 'something else'
}
