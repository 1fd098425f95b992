import type { MessageContext } from '../context.ts'
import type { ObservedMessage } from '../observe.ts'
import type { PermissionName, PluginPermissions } from '../permissions.ts'
import type { Plugin } from '../plugin.ts'
import type { PluginResult, PluginStatus } from '../reply.ts'
import type { ScheduledRun } from '../services/scheduler.ts'

/** A message's context as the pipeline creates it; the host adds the plugin's configuration. */
export type CallContext = Omit<MessageContext, 'config'> & {
  /**
   * Set while a model's call of a tool runs: whether the tool may request an address without a
   * person's approval. `from` is the address that redirects to it.
   */
  readonly mayReach?: (url: URL, from?: URL) => boolean
}

/** The context within a question. The signal is passed as the third argument of `ask`. */
type AskedContext = Omit<CallContext, 'signal'>

/** One problem in a plugin's configuration. */
export interface ConfigIssue {
  /** Path within the plugin's block; empty for the block itself. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** True when there is no value at `path`. */
  readonly isMissing: boolean
  /** Keys at `path` that the schema does not accept. */
  readonly keys?: readonly string[] | undefined
  /** With `keys`: the keys that it accepts, if known. */
  readonly knownKeys?: readonly string[] | undefined
}

/** `replace`: the plugin cannot switch to the new block and must be restarted. */
export type ReconfigureOutcome = 'done' | 'replace' | { readonly issues: readonly ConfigIssue[] }

interface Call<Asked, Answered> {
  readonly question: Asked
  readonly answer: Answered
}

/** A plugin's block of the configuration. */
type Block = Readonly<Record<string, unknown>>

/** Every call the assistant makes to a plugin, inline or in its own process. */
export interface PluginCalls {
  /** Runs the command's function or `processMessage`; `undefined` means "not mine". */
  readonly handle: Call<
    { readonly message: string; readonly context: AskedContext },
    PluginResult | undefined
  >
  /**
   * Validates the input and runs a tool. The answer is plain data of bounded size. The caller
   * checks whether the tool may be used. Fails with `tool-not-found`, `tool-arguments-invalid`, or
   * the tool's own error.
   */
  readonly tool: Call<
    { readonly name: string; readonly input: unknown; readonly context: AskedContext },
    unknown
  >
  /**
   * Validates the input of a tool without running it. The answer is what is wrong with it, for the
   * model.
   */
  readonly 'check-tool': Call<{ readonly name: string; readonly input: unknown }, string | undefined>
  /** Tells an observer about a message and its outcome. */
  readonly observe: Call<ObservedMessage, void>
  /** Runs `execute` of one of the manifest's schedules. */
  readonly schedule: Call<{ readonly task: string; readonly run: Omit<ScheduledRun, 'signal'> }, void>
  /** Deletes what the plugin stores about a user. The answer briefly describes what was deleted. */
  readonly forget: Call<{ readonly userId: number }, string | undefined>
  /** Calls a method that the plugin provides to other plugins. */
  readonly provided: Call<{ readonly method: string; readonly args: readonly unknown[] }, unknown>
  /** Returns the result of `getStatus`. */
  readonly status: Call<undefined, PluginStatus>
  /** Validates a block against the plugin's schema without applying it. */
  readonly 'check-config': Call<{ readonly block: Block }, readonly ConfigIssue[]>
  /** Applies another block, if the plugin listens for changes. */
  readonly reconfigure: Call<{ readonly block: Block }, ReconfigureOutcome>
}

/** A kind of call. */
export type CallKind = keyof PluginCalls
/** The question of that kind of call. */
export type Question<Kind extends CallKind> = PluginCalls[Kind]['question']
/** The answer to that kind of call. */
export type Answer<Kind extends CallKind> = PluginCalls[Kind]['answer']

/**
 * Makes a call to a plugin. Rejects with the plugin's own error, with `plugin-timeout` after the
 * time limit, or with `plugin-crashed` or `plugin-not-found` when the plugin cannot answer.
 */
export type Ask = <Kind extends CallKind>(
  kind: Kind,
  question: Question<Kind>,
  /** Aborted when the caller gives up. */
  signal?: AbortSignal,
) => Promise<Answer<Kind>>

/** The rules for one kind of call, the same at both isolation levels. */
export interface CallRules<Kind extends CallKind = CallKind> {
  /**
   * Time limit in seconds. `call` and `status` are the plugin's own limits; with `caller`, only the
   * caller's signal ends the call.
   */
  readonly limit: number | 'call' | 'status' | 'caller'
  /**
   * `end`: the signal is aborted, and a second later the plugin's process is killed. `leave`: the
   * caller stops waiting, but the plugin keeps running.
   */
  readonly whenLate: 'end' | 'leave'
  /**
   * What happens when the process crashed during the call. `retry`: one retry, if the manifest says
   * that this is safe.
   */
  readonly afterCrash: 'retry' | 'fail'
  /**
   * `apologise`: fails when the user addressed the plugin, passes otherwise. `ask`: the call is
   * made anyway.
   */
  readonly whenParked: 'fail' | 'pass' | 'apologise' | 'ask'
  /** What happens when the plugin was stopped. Its `successor` is the version that replaced it. */
  readonly whenStopped: 'successor' | 'pass' | 'fail'
  /** What happens when the plugin's process is not running. `answer`: the host answers instead. */
  readonly whenIdle: 'start' | 'answer'
  /** The plugin's member that answers it. */
  readonly member?: keyof Plugin
  /** A plugin without this permission is never asked, whatever members it has. */
  readonly permission?: PermissionName
  /** True when the question has a context, which ties the plugin's actions to that message. */
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
    member: 'processMessage',
    hasContext: true,
  },
  // not retried automatically: it may have had an effect before the crash
  tool: {
    limit: 'call',
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: true,
  },
  'check-tool': {
    limit: 10,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  observe: {
    limit: 10,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'pass',
    whenStopped: 'pass',
    whenIdle: 'start',
    member: 'observe',
    permission: 'observe',
    hasContext: false,
  },
  // not retried automatically, for the same reason as a tool
  schedule: {
    limit: 'caller',
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    hasContext: false,
  },
  // the plugin may have to search everything it stores for the user's data
  forget: {
    limit: 30,
    whenLate: 'end',
    afterCrash: 'fail',
    whenParked: 'fail',
    whenStopped: 'successor',
    whenIdle: 'start',
    member: 'forgetUser',
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
  // called constantly, so it must not keep a process alive, and a hung `getStatus` must not kill
  // one
  status: {
    limit: 'status',
    whenLate: 'leave',
    afterCrash: 'fail',
    whenParked: 'ask',
    whenStopped: 'fail',
    whenIdle: 'answer',
    member: 'getStatus',
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

/** Every kind of call. */
export const CALL_KINDS = Object.keys(CALLS) as readonly CallKind[]

/** Those of `kinds` that a plugin with these permissions may be asked. */
export function permittedCalls(
  kinds: readonly CallKind[],
  permissions: PluginPermissions | undefined,
): CallKind[] {
  return kinds.filter((kind) => {
    const { permission } = CALLS[kind]
    return permission === undefined || permissions?.[permission] === true
  })
}

/** The kinds of calls that members of a plugin answer. */
export function answeredCalls(plugin: Plugin, permissions: PluginPermissions | undefined): CallKind[] {
  const has = (kind: CallKind): boolean => {
    const { member } = CALLS[kind]
    return member !== undefined && plugin[member] !== undefined
  }
  return permittedCalls(CALL_KINDS.filter(has), permissions)
}

/** Handlers for some kinds of calls. */
export type CallHandlers = {
  readonly [Kind in CallKind]?: (
    question: Question<Kind>,
    signal: AbortSignal,
  ) => Answer<Kind> | Promise<Answer<Kind>>
}

/**
 * Creates an `ask` for something other than an author's plugin, such as an MCP server. Kinds
 * without a handler fail.
 */
export function askHandlers(name: string, handlers: CallHandlers): Ask {
  return async (kind, question, signal = new AbortController().signal) => {
    const handler = handlers[kind]
    if (!handler) throw new Error(`${name} does not answer ${kind}`)
    return handler(question, signal)
  }
}
