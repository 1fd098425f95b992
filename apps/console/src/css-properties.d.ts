import 'react'

declare module 'react' {
  /** Custom properties that components pass to the style sheets. */
  interface CSSProperties {
    '--played'?: string
  }
}
