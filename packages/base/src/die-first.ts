import { writeFileSync } from 'node:fs'

/** Of 1,000; the kernel adds it to the share of the memory that a process uses. */
const ADJUSTMENT = '500'

/**
 * Makes Linux end this process, and those it starts, before its parent when memory is short. A
 * system without this setting, and a process that has ended, are left alone.
 */
export function dieFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, ADJUSTMENT)
  } catch {
    // not essential
  }
}
