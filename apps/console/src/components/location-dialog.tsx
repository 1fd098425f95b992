import { useState } from 'react'
import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

interface LocationDialogProps {
  readonly chatId: number
  readonly onClose: () => void
}

/** Sends a location: coordinates or the browser's position. */
export function LocationDialog({ chatId, onClose }: LocationDialogProps): ReactElement {
  const { sendLocation } = usePlayground()
  const [latitude, setLatitude] = useState('')
  const [longitude, setLongitude] = useState('')
  const [problem, setProblem] = useState('')

  function locate(): void {
    setProblem('')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLatitude(coords.latitude.toFixed(6))
        setLongitude(coords.longitude.toFixed(6))
      },
      () => setProblem('The browser does not tell where it is. Type the coordinates.'),
      { timeout: 10_000 },
    )
  }

  return (
    <Dialog title="Send a location" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          sendLocation(chatId, Number(latitude), Number(longitude))
          onClose()
        }}
      >
        <div className="form__pair">
          <label className="field">
            Latitude
            <input
              type="number"
              required
              min={-90}
              max={90}
              step="any"
              placeholder="52.52"
              value={latitude}
              autoFocus
              onChange={(event) => setLatitude(event.target.value)}
            />
          </label>
          <label className="field">
            Longitude
            <input
              type="number"
              required
              min={-180}
              max={180}
              step="any"
              placeholder="13.405"
              value={longitude}
              onChange={(event) => setLongitude(event.target.value)}
            />
          </label>
        </div>
        {problem !== '' && (
          <p className="form__problem" role="alert">
            {problem}
          </p>
        )}
        <footer className="dialog__footer">
          {'geolocation' in navigator && (
            <button type="button" className="button" onClick={locate}>
              <Icon name="pin" size={18} /> Where I am
            </button>
          )}
          <button type="submit" className="button button--primary">
            Send
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
