import type { MessageContext } from '../context.ts'
import type { ObservedMessage } from '../observe.ts'
import type { PluginResult, PluginStatus } from '../reply.ts'
import type { ScheduledRun } from '../services/scheduler.ts'

/** A message's context as the pipeline makes it; the host adds the plugin's configuration. */
export type CallContext = Omit<MessageContext, 'config'>

/** A context as part of a question; the signal is the third argument of `ask`. */
type AskedContext = Omit<CallContext, 'signal'>

/** One thing that is wrong with a plugin's configuration. */
export interface ConfigIssue {
  /** Where, relative to the plugin's block; empty for the block itself. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** True when nothing stands at `path`. */
  readonly isMissing: boolean
  /** Keys at `path` that the schema does not take. */
  readonly keys?: readonly string[] | undefined
  /** With `keys`: those that it takes, when it can tell. */
  readonly knownKeys?: readonly string[] | undefined
}

/** `replace`: the plugin cannot continue with another block and must be started anew. */
export type ReconfigureOutcome = 'done' | 'replace' | { readonly issues: readonly ConfigIssue[] }

interface Call<Asked, Answered> {
  readonly question: Asked
  readonly answer: Answered
}

/** A plugin's block of the configuration. */
type Block = Readonly<Record<string, unknown>>

/** Everything that is asked of a plugin, wherever it runs. */
export interface PluginCalls {
  /** Runs the command's function or `processMessage`; `undefined` means "not mine". */
  readonly handle: Call<
    { readonly message: string; readonly context: AskedContext },
    PluginResult | undefined
  >
  /**
   * Checks the input and runs a tool. The answer is plain data of bounded size. Whether the caller
   * may use the tool is the caller's to check. Fails with `tool-not-found` or
   * `tool-arguments-invalid`, or with what the tool threw.
   */
  readonly tool: Call<
    { readonly name: string; readonly input: unknown; readonly context: AskedContext },
    unknown
  >
  /** Tells an observer about a message and its outcome. */
  readonly observe: Call<ObservedMessage, void>
  /** Runs `execute` of one of the manifest's schedules. */
  readonly schedule: Call<{ readonly task: string; readonly run: Omit<ScheduledRun, 'signal'> }, void>
  /** Deletes what the plugin keeps about a user; the answer says in a few words what that was. */
  readonly forget: Call<{ readonly userId: number }, string | undefined>
  /** Calls a method that the plugin provides to other plugins. */
  readonly provided: Call<{ readonly method: string; readonly args: readonly unknown[] }, unknown>
  /** What `getStatus` says. */
  readonly status: Call<undefined, PluginStatus>
  /** What the plugin's schema finds wrong with a block; nothing changes. */
  readonly 'check-config': Call<{ readonly block: Block }, readonly ConfigIssue[]>
  /** Continues with another block, if the plugin listens for changes. */
  readonly reconfigure: Call<{ readonly block: Block }, ReconfigureOutcome>
}

/** A kind of call. */
export type CallKind = keyof PluginCalls
/** What a call of that kind asks. */
export type Question<Kind extends CallKind> = PluginCalls[Kind]['question']
/** What a call of that kind gives. */
export type Answer<Kind extends CallKind> = PluginCalls[Kind]['answer']

/**
 * Asks a plugin something. Rejects with what the plugin throws, with `plugin-timeout` past the
 * limit of the call's kind, and with `plugin-crashed` or `plugin-not-found` when the plugin cannot
 * answer.
 */
export type Ask = <Kind extends CallKind>(
  kind: Kind,
  question: Question<Kind>,
  /** Aborted when the caller gives up. */
  signal?: AbortSignal,
) => Promise<Answer<Kind>>

/** What holds for one kind of call, at both isolation levels. */
export interface CallRules<Kind extends CallKind = CallKind> {
  /**
   * Seconds; `call` and `status` are the plugin's own limits, and with `caller` only the caller's
   * signal ends it.
   */
  readonly limit: number | 'call' | 'status' | 'caller'
  /**
   * `end`: the signal is aborted, and a second later the plugin's process is ended. `leave`: nobody
   * waits any longer, and the plugin is left alone.
   */
  readonly whenLate: 'end' | 'leave'
  /**
   * The process ended over it. `retry`: asked once more, if the manifest says that this is safe.
   */
  readonly afterCrash: 'retry' | 'fail'
  /**
   * `apologise`: fails when the user addressed the plugin and passes otherwise; `ask`: parking
   * makes no difference.
   */
  readonly whenParked: 'fail' | 'pass' | 'apologise' | 'ask'
  /** The plugin was stopped; its successor, the version that replaced it, may answer instead. */
  readonly whenStopped: 'successor' | 'pass' | 'fail'
  /** The plugin has no process right now. `answer`: the host answers for it. */
  readonly whenIdle: 'start' | 'answer'
  /** True when the question has a context: what the plugin does then is about that message. */
  readonly hasContext: Question<Kind> extends { readonly context: AskedContext } ? true : false
}

/** One row for each kind of call. */
export const CALLS: { readonly [Kind in CallKind]: CallRules<Kind> } = {
  handle: {
    limit: 'call',
    whenLate: 'end',
    afterCrash: 'retry',
    whenParked: 'apologise',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: true,
  },
  // never run a second time by itself: what it did before the crash is not known
  tool: {
    limit: 'call',
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: true,
  },
  observe: {
    limit: 10,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'pass',
    whenStopped: 'pass',
    whenIdle: 'start',
    hasContext: false,
  },
  // as a tool, it is not run a second time by itself
  schedule: {
    limit: 'caller',
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  // a plugin may have to search all that it keeps for what is the user's
  forget: {
    limit: 30,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  provided: {
    limit: 30,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  // asked all the time: it keeps no process alive, and a hung `getStatus` ends none
  status: {
    limit: 'status',
    whenLate: 'leave',
    afterCrash: 'fail',
    whenParked: 'ask',
    whenStopped: 'fail',
    whenIdle: 'answer',
    hasContext: false,
  },
  'check-config': {
    limit: 10,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'ask',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  reconfigure: {
    limit: 10,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'ask',
    whenStopped: 'fail',
    whenIdle: 'answer',
    hasContext: false,
  },
}

/** Whether `name` is a kind of call. */
export function isCallKind(name: string): name is CallKind {
  return Object.hasOwn(CALLS, name)
}

/** Functions that answer some kinds of calls. */
export type CallHandlers = {
  readonly [Kind in CallKind]?: (
    question: Question<Kind>,
    signal: AbortSignal,
  ) => Answer<Kind> | Promise<Answer<Kind>>
}

/**
 * An `ask` for something that is no plugin of an author: each kind goes to its handler, and the
 * others fail.
 */
export function askHandlers(name: string, handlers: CallHandlers): Ask {
  return async (kind, question, signal = new AbortController().signal) => {
    const handler = handlers[kind]
    if (!handler) throw new Error(`${name} does not answer ${kind}`)
    return handler(question, signal)
  }
}
