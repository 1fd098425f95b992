/**
 * How the assistant's Node collects garbage; docs/decisions/2026-11-23-garbage.md says why. V8 reads these options when it
 * starts, so that a running program cannot set them.
 */
export const HEAP_OPTIONS = ['--max-semi-space-size=16', '--no-parallel-scavenge', '--no-memory-reducer']

/**
 * The C library's usual limit, as a fixed one: memory that was freed goes back to the system. Otherwise the limit grows with the
 * largest block that was ever freed, and 15 MB of the start are never given back. Only glibc reads it.
 */
export const ALLOCATION = { MALLOC_TRIM_THRESHOLD_: '131072' }

/** Lets a Node that was started without the options begin again with them, as the same process; Windows has no way to do that. */
export function beginAnewWithHeapOptions() {
  const { execArgv, execPath, argv, platform } = process
  if (platform === 'win32' || HEAP_OPTIONS.every((option) => execArgv.includes(option))) return
  process.execve?.(execPath, [execPath, ...HEAP_OPTIONS, ...execArgv, ...argv.slice(1)], {
    ...ALLOCATION,
    ...process.env,
  })
}
