/** Commands of LaTeX with a character of their own. */
const SYMBOLS: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  varepsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  iota: 'ι',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  phi: 'φ',
  varphi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Xi: 'Ξ',
  Pi: 'Π',
  Sigma: 'Σ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
  times: '×',
  cdot: '·',
  div: '÷',
  pm: '±',
  mp: '∓',
  le: '≤',
  leq: '≤',
  ge: '≥',
  geq: '≥',
  ne: '≠',
  neq: '≠',
  approx: '≈',
  equiv: '≡',
  sim: '∼',
  propto: '∝',
  infty: '∞',
  to: '→',
  rightarrow: '→',
  leftarrow: '←',
  Rightarrow: '⇒',
  Leftrightarrow: '⇔',
  implies: '⇒',
  iff: '⇔',
  in: '∈',
  notin: '∉',
  subset: '⊂',
  subseteq: '⊆',
  cup: '∪',
  cap: '∩',
  emptyset: '∅',
  forall: '∀',
  exists: '∃',
  neg: '¬',
  land: '∧',
  lor: '∨',
  sum: '∑',
  prod: '∏',
  int: '∫',
  partial: '∂',
  nabla: '∇',
  degree: '°',
  circ: '∘',
  ldots: '…',
  dots: '…',
  cdots: '⋯',
  angle: '∠',
  perp: '⊥',
  quad: ' ',
}
const SUPERSCRIPT = new Map(pairs('0123456789+-=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ'))
const SUBSCRIPT = new Map(pairs('0123456789+-=()aeijknmx', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₙₘₓ'))
/** Longer expressions are no simple ones. */
const MAX_SIMPLE = 80

function pairs(from: string, to: string): [string, string][] {
  const targets = [...to]
  return [...from].map((character, index) => [character, targets[index] ?? character])
}

/** A number as superscript digits. */
export function superscript(number: number): string {
  return shift(String(number), SUPERSCRIPT) ?? String(number)
}

/**
 * A simple expression as Unicode text; `undefined` for any other, whose source says more than an
 * approximation would.
 */
export function simpleMath(expression: string): string | undefined {
  // a frame or upright letters say nothing more than what is in them
  const source = expression.trim().replaceAll(/\\(?:boxed|text|mathrm|mathbf)\{([^{}]*)\}/g, '$1')
  // stars, breaks and environments are no simple mathematics
  if (source.length > MAX_SIMPLE || /[*\n&#~]|\\[^a-zA-Z,;: ]|[\\^]$/.test(source)) return undefined
  if (!/[\\^]/.test(expression)) return /[_{}]/.test(source) ? undefined : source
  let isSimple = true
  const give = (text: string | undefined): string => {
    isSimple &&= text !== undefined
    return text ?? ''
  }
  const text = source
    .replaceAll(/\\([a-zA-Z]+)/g, (_, name: string) =>
      give(Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name] : undefined),
    )
    .replaceAll(/\\[,;: ]/g, ' ')
    .replaceAll(/\^(?:\{([^{}]*)\}|(\S))/g, (_, group: string | undefined, single: string) =>
      give(shift(group ?? single, SUPERSCRIPT)),
    )
    .replaceAll(/_(?:\{([^{}]*)\}|(\S))/g, (_, group: string | undefined, single: string) =>
      give(shift(group ?? single, SUBSCRIPT)),
    )
  return isSimple && !/[\\^_{}]/.test(text) ? text : undefined
}

function shift(text: string, characters: ReadonlyMap<string, string>): string | undefined {
  const shifted = [...text].map((character) => characters.get(character))
  return shifted.every((character) => character !== undefined) ? shifted.join('') : undefined
}
