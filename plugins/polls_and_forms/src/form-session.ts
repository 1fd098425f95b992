import { z } from '@pluggram/sdk'
import type { Button, Reply } from '@pluggram/sdk'
import { AnswerError, parseAnswer, showAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Form, Question } from './form-definition.ts'
import { TEXTS } from './texts.ts'

/** A user's progress in a form. After the last question, `answers` has one entry for each. */
export const sessionSchema = z.object({
  form: z.string(),
  answers: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

export type Session = z.infer<typeof sessionSchema>

const CANCEL: Button = { text: TEXTS.cancel, data: 'form:cancel' }

/** The open question; `undefined` if only sending is left. */
export function openQuestion(form: Form, session: Session): Question | undefined {
  return form.questions[session.answers.length]
}

/**
 * Takes a text as the answer to the open question.
 * @throws AnswerError
 */
export function answerQuestion(form: Form, session: Session, written: string): Session {
  const question = openQuestion(form, session)
  if (!question) throw new AnswerError(TEXTS.pleaseTapOneButtonsSend)
  return { ...session, answers: [...session.answers, parseAnswer(question, written)] }
}

/** @throws AnswerError if the question is required */
export function skipQuestion(form: Form, session: Session): Session {
  const question = openQuestion(form, session)
  if (!question || question.required) throw new AnswerError(TEXTS.questionCannotSkipped)
  return { ...session, answers: [...session.answers, null] }
}

/** The next question, or a summary of all answers with a button to send it. */
export function renderStep(form: Form, session: Session): Reply {
  const question = openQuestion(form, session)
  return question ? renderQuestion(form, session, question) : renderSummary(form, session)
}

function renderQuestion(form: Form, { answers }: Session, question: Question): Reply {
  const position = answers.length + 1
  const opening = position === 1 ? [form.title, ...(form.intro === undefined ? [] : [form.intro])] : []
  const choices: (readonly Button[])[] =
    question.type === 'yes_no'
      ? [
          [
            { text: TEXTS.yes, data: `form:say:${position}:0` },
            { text: TEXTS.no, data: `form:say:${position}:1` },
          ],
        ]
      : (question.choices ?? []).map((choice, index) => [
          { text: choice, data: `form:say:${position}:${index}` },
        ])
  const skip: Button[] = question.required ? [] : [{ text: TEXTS.skip, data: `form:skip:${position}` }]
  return {
    text: [...opening, `${position}/${form.questions.length}  ${question.ask}`].join('\n\n'),
    buttons: [...choices, [...skip, CANCEL]],
  }
}

/** The question that was answered last, with its answer. */
export function renderAnswered(form: Form, { answers }: Session): string {
  const position = answers.length
  const ask = form.questions[position - 1]?.ask ?? ''
  return `${position}/${form.questions.length}  ${ask}\n→ ${showAnswer(answers.at(-1))}`
}

function renderSummary(form: Form, { answers }: Session): Reply {
  const lines = form.questions.map(({ ask }, index) => `${ask}\n→ ${showAnswer(answers[index])}`)
  return {
    text: [`${form.title}: please check your answers:`, ...lines].join('\n\n'),
    buttons: [
      [{ text: TEXTS.send, data: 'form:send' }],
      [{ text: TEXTS.startAgain, data: 'form:again' }, CANCEL],
    ],
  }
}

/** The text of a choice's button; `undefined` if the button belongs to another question. */
export function choiceOf(form: Form, session: Session, position: number, index: number): string | undefined {
  const question = openQuestion(form, session)
  if (!question || position !== session.answers.length + 1) return undefined
  return question.type === 'yes_no' ? ['yes', 'no'][index] : question.choices?.[index]
}

/** The answers by the questions' keys. */
export function answersByKey(form: Form, { answers }: Session): Record<string, Answer> {
  return Object.fromEntries(form.questions.map(({ key }, index) => [key, answers[index] ?? null]))
}
