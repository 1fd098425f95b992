import type { ReactElement } from 'react'
import type { TranscriptAttachment } from '../api/driver-types.ts'
import { photoSize } from '../text/photo-size.ts'
import { Icon } from './icon.tsx'

interface VideoViewProps {
  readonly attachment: TranscriptAttachment
  readonly source: string | undefined
}

/** A video with the browser's controls. An animation plays automatically, muted and in a loop. */
export function VideoView({ attachment, source }: VideoViewProps): ReactElement {
  const { kind, fileName = 'Video', mimeType } = attachment
  const { width, height } = photoSize(attachment.width, attachment.height)
  const style = { width, aspectRatio: `${width} / ${height}` }
  if (source === undefined) {
    return (
      <div className="photo photo--broken" style={style}>
        <Icon name="play" size={34} />
        <span>{fileName}</span>
      </div>
    )
  }
  if (kind === 'animation' && mimeType?.startsWith('image/') === true) {
    return <img className="video" style={style} src={source} alt={fileName} />
  }
  const loops = kind === 'animation' ? { autoPlay: true, loop: true, muted: true } : { controls: true }
  const className = kind === 'video_note' ? 'video video--round' : 'video'
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send has no captions
  return (
    <video
      className={className}
      style={style}
      src={source}
      aria-label={fileName}
      playsInline
      preload="metadata"
      {...loops}
    />
  )
}
