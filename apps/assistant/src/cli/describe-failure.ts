import { isPluggramError } from '@pluggram/sdk'
import { Failure, FAILURES, fileFailure } from '@pluggram/sdk/runtime'

/** How a command ended that could not do its work. */
export interface FailedEnd {
  readonly exitCode: number
  readonly message: string
}

/** A command was understood but refused; its message says why. */
const REFUSED = 1

/** The exit code of an error, and a sentence for the person who ran the command; never a stack. */
export function describeFailure(error: unknown, isDebugging: boolean): FailedEnd {
  const failure = error instanceof Failure ? error : fromSystem(error)
  if (failure) return { exitCode: failure.exitCode, message: failure.message }
  if (isPluggramError(error)) {
    const exitCode = error.code === 'config-invalid' ? FAILURES['config-invalid'].exitCode : REFUSED
    return { exitCode, message: error.message }
  }
  const reason = error instanceof Error ? error.message : String(error)
  const { exitCode, message } = new Failure('unexpected', { reason, cause: error })
  return { exitCode, message: isDebugging && error instanceof Error ? `${message}\n${error.stack}` : message }
}

/** A system call failed: a problem of the machine, not of the code. */
function fromSystem(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  const { syscall, code, path = 'A file or address', message }: NodeJS.ErrnoException = error
  return syscall === undefined ? undefined : fileFailure(code, path, message)
}
