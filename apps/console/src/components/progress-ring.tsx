import type { ReactElement } from 'react'

const RADIUS = 20
const LENGTH = 2 * Math.PI * RADIUS

/** The upload progress as a ring that fills up. A minimum arc is always visible. */
export function ProgressRing({ progress }: { readonly progress: number }): ReactElement {
  return (
    <span
      className="progress-ring"
      role="progressbar"
      aria-label="Sending"
      aria-valuenow={Math.round(progress * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle
          cx="24"
          cy="24"
          r={RADIUS}
          strokeDasharray={`${Math.max(0.06, progress) * LENGTH} ${LENGTH}`}
        />
      </svg>
    </span>
  )
}
