import { useRef, useState } from 'react'
import type { ReactElement } from 'react'
import type { TranscriptAttachment } from '../api/driver-types.ts'
import { formatDuration, formatSize } from '../text/format.ts'
import { Icon } from './icon.tsx'
import { ProgressRing } from './progress-ring.tsx'

interface AudioPlayerProps {
  readonly attachment: TranscriptAttachment
  readonly source: string | undefined
  readonly progress: number | undefined
}

/** Voice messages and music: play, pause, seek. */
export function AudioPlayer({ attachment, source, progress }: AudioPlayerProps): ReactElement {
  const audio = useRef<HTMLAudioElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [position, setPosition] = useState(0)
  const [measured, setMeasured] = useState(0)
  const [isBroken, setBroken] = useState(false)
  const duration = measured > 0 ? measured : (attachment.duration ?? 0)
  const isVoice = attachment.kind === 'voice'

  function toggle(): void {
    const element = audio.current
    if (element === null) return
    if (element.paused) element.play().catch(() => setBroken(true))
    else element.pause()
  }

  return (
    <div className="audio">
      <button
        type="button"
        className="audio__button"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        disabled={source === undefined}
        onClick={toggle}
      >
        {progress === undefined ? (
          <Icon name={isPlaying ? 'pause' : 'play'} />
        ) : (
          <ProgressRing progress={progress} />
        )}
      </button>
      <div className="audio__body">
        {!isVoice && <strong className="audio__name">{attachment.fileName ?? 'Audio'}</strong>}
        <input
          type="range"
          className="audio__seek"
          aria-label="Position"
          min={0}
          max={Math.max(duration, 0.1)}
          step={0.1}
          value={Math.min(position, duration)}
          style={{ '--played': `${duration > 0 ? (position / duration) * 100 : 0}%` }}
          onChange={(event) => {
            if (audio.current !== null) audio.current.currentTime = Number(event.target.value)
          }}
        />
        <span className="audio__time">
          {isBroken
            ? 'This browser cannot play it'
            : `${formatDuration(position > 0 ? position : duration)}${attachment.size === undefined ? '' : `, ${formatSize(attachment.size)}`}`}
        </span>
      </div>
      {source !== undefined && (
        // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people say has no captions
        <audio
          ref={audio}
          src={source}
          preload="metadata"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setPosition(0)}
          onTimeUpdate={({ currentTarget }) => setPosition(currentTarget.currentTime)}
          onDurationChange={({ currentTarget }) =>
            setMeasured(Number.isFinite(currentTarget.duration) ? currentTarget.duration : 0)
          }
          onError={() => setBroken(true)}
        />
      )}
    </div>
  )
}
