import type { ReactElement } from 'react'
import { useCopy } from '../hooks/use-copy.ts'
import { Icon } from './icon.tsx'

interface LocationCardProps {
  readonly latitude: number
  readonly longitude: number
}

/**
 * A location. The drawing is not a real map, so that no map service learns the location. A click
 * copies the coordinates.
 */
export function LocationCard({ latitude, longitude }: LocationCardProps): ReactElement {
  const coordinates = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  const { isCopied, copy } = useCopy(coordinates)
  return (
    <button type="button" className="location" onClick={copy} title="Click to copy the coordinates">
      <span className="location__map" aria-hidden="true">
        <svg viewBox="0 0 280 130" preserveAspectRatio="xMidYMid slice">
          <path className="location__park" d="M0 0h92l-18 48-74 16zM196 130l16-52 68-14v66z" />
          <path className="location__water" d="M150 0c-10 22 14 34 40 38s60-4 90-20V0z" />
          <path
            className="location__road"
            d="M-8 84c70-26 150-6 296-58M64-8c4 50 44 84 36 146M204-8c-8 56 2 96 24 146"
          />
        </svg>
        <Icon name="pin" size={38} />
      </span>
      <span className="location__label">
        <strong>{isCopied ? 'Copied' : 'Location'}</strong>
        <span>{coordinates}</span>
      </span>
    </button>
  )
}
