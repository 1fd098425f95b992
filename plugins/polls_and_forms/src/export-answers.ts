import type { Answer } from './answer.ts'
import type { Form } from './form-definition.ts'

/** One submitted form. */
export interface Submission {
  /** ISO 8601. */
  readonly sentAt: string
  readonly userId: number
  readonly name: string
  readonly answers: Readonly<Record<string, Answer>>
}

/** A table for spreadsheets (RFC 4180, with a byte order mark so that Excel reads it as UTF-8). */
export function toCsv(form: Form, submissions: readonly Submission[]): string {
  const keys = form.questions.map(({ key }) => key)
  const rows = submissions.map(({ sentAt, userId, name, answers }) => [
    sentAt,
    userId,
    name,
    ...keys.map((key) => answers[key] ?? null),
  ])
  const lines = [['sent_at', 'user_id', 'user_name', ...keys], ...rows].map((row) =>
    row.map(toCell).join(','),
  )
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

function toCell(value: Answer): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // a spreadsheet would run such a text as a formula
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The same data as JSON, unchanged. */
export function toJson(submissions: readonly Submission[]): string {
  return `${JSON.stringify(submissions, null, 2)}\n`
}
