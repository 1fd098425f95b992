import { useState } from 'react'
import type { ReactElement } from 'react'
import type { TranscriptAttachment } from '../api/driver-types.ts'
import { photoSize } from '../text/photo-size.ts'
import { useConversation } from './conversation-context.ts'
import { Icon } from './icon.tsx'
import { ProgressRing } from './progress-ring.tsx'

interface PhotoViewProps {
  readonly attachment: TranscriptAttachment
  readonly source: string | undefined
  readonly preview: string | undefined
  readonly progress: number | undefined
}

/** A picture in a bubble. The local preview stays until the assistant's copy is loaded. */
export function PhotoView({ attachment, source, preview, progress }: PhotoViewProps): ReactElement {
  const { openPhoto } = useConversation()
  const [loaded, setLoaded] = useState<{ readonly width: number; readonly height: number }>()
  const [isBroken, setBroken] = useState(false)
  const { width, height } = photoSize(attachment.width ?? loaded?.width, attachment.height ?? loaded?.height)
  const shown = source ?? preview
  const name = attachment.fileName ?? 'Photo'
  const style = {
    width,
    aspectRatio: `${width} / ${height}`,
    ...(preview && { backgroundImage: `url(${preview})` }),
  }
  if (isBroken || shown === undefined) {
    return (
      <div className="photo photo--broken" style={style} data-testid="photo">
        <Icon name="photo" size={34} />
        <span>{name}</span>
      </div>
    )
  }
  return (
    <button
      type="button"
      className="photo"
      style={style}
      data-testid="photo"
      aria-label={`Open ${name}`}
      onClick={() => openPhoto(shown, name)}
    >
      <img
        src={shown}
        alt={name}
        decoding="async"
        onLoad={({ currentTarget }) =>
          setLoaded({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
        onError={() => setBroken(true)}
      />
      {progress !== undefined && <ProgressRing progress={progress} />}
    </button>
  )
}
