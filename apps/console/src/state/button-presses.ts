import type { CallbackAnswer, PlaygroundState } from './playground-state.ts'

/** How long a button spins without an answer. */
const PRESS_MS = 15_000

const EARLY_ANSWER_LIMIT = 20

/*
 * The response to a press and the button's answer arrive on different channels (the call and the
 * event stream), in any order. So an answer to an unknown query waits in `earlyAnswers` until the
 * press knows its query's id. An answer to a press in another window stays there until newer ones
 * push it out.
 */

export function startPress(state: PlaygroundState, key: string, now: number): PlaygroundState {
  return { ...state, presses: { ...state.presses, [key]: { until: now + PRESS_MS } } }
}

export function acceptPress(state: PlaygroundState, key: string, queryId: string): PlaygroundState {
  const press = state.presses[key]
  const answer = state.earlyAnswers.find((candidate) => candidate.queryId === queryId)
  if (answer !== undefined) {
    const earlyAnswers = state.earlyAnswers.filter((candidate) => candidate !== answer)
    return showAnswer(endPress({ ...state, earlyAnswers }, key), answer)
  }
  if (press === undefined) return state
  return { ...state, presses: { ...state.presses, [key]: { ...press, queryId } } }
}

export function endPress(state: PlaygroundState, key: string): PlaygroundState {
  const { [key]: _ended, ...presses } = state.presses
  return { ...state, presses }
}

export function answerPress(state: PlaygroundState, answer: CallbackAnswer): PlaygroundState {
  const key = Object.keys(state.presses).find(
    (candidate) => state.presses[candidate]?.queryId === answer.queryId,
  )
  if (key !== undefined) return showAnswer(endPress(state, key), answer)
  return { ...state, earlyAnswers: [...state.earlyAnswers, answer].slice(-EARLY_ANSWER_LIMIT) }
}

function showAnswer(state: PlaygroundState, answer: CallbackAnswer): PlaygroundState {
  if (answer.showAlert || answer.url !== undefined) return { ...state, alert: answer }
  if (answer.text === undefined || answer.text === '') return state
  return addToast(state, answer.text, 'plain')
}

const TOAST_LIMIT = 3

export function addToast(state: PlaygroundState, text: string, tone: 'plain' | 'error'): PlaygroundState {
  const toast = { id: state.counter, text, tone }
  return { ...state, counter: state.counter + 1, toasts: [...state.toasts, toast].slice(-TOAST_LIMIT) }
}
