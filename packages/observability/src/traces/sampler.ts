/** Decides by a trace's id whether it is sent. */
type IsSampled = (traceId: string) => boolean

/** OpenTelemetry's `TraceIdRatioBased` looks at the last 56 bits of the id. */
const BITS = 56n
const DIGITS = 14

/**
 * The sampler of that name. No message brings a trace with it, so those that ask its parent are the
 * same as those that do not.
 */
export function sampler(
  name: string,
  argument: string | undefined,
): { readonly isSampled: IsSampled; readonly problem?: string } {
  switch (name.replace(/^parentbased_/, '')) {
    case 'always_on':
      return { isSampled: () => true }
    case 'always_off':
      return { isSampled: () => false }
    case 'traceidratio': {
      const ratio = Number(argument ?? 1)
      if (ratio >= 0 && ratio <= 1) return { isSampled: byRatio(ratio) }
      const problem = 'OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; every trace is sent.'
      return { isSampled: () => true, problem }
    }
    default: {
      const problem = `OTEL_TRACES_SAMPLER is "${name.slice(0, 40)}"; always_on, always_off and traceidratio are known, also with parentbased_ in front. Every trace is sent.`
      return { isSampled: () => true, problem }
    }
  }
}

function byRatio(ratio: number): IsSampled {
  const least = BigInt(Math.round((1 - ratio) * 2 ** 53)) << (BITS - 53n)
  return (traceId) => BigInt(`0x${traceId.slice(-DIGITS)}`) >= least
}
