/**
 * How the assistant's Node collects garbage; docs/decisions/2026-11-23-garbage.md says why. V8 reads these options when it
 * starts, so that a running program cannot set them. `npm start` has them as well (package.json).
 */
export const HEAP_OPTIONS = ['--max-semi-space-size=16', '--no-parallel-scavenge', '--no-memory-reducer']
