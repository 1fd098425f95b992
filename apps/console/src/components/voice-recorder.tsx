import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { usePlayground } from '../state/playground-context.ts'
import { formatDuration } from '../text/format.ts'
import { Icon } from './icon.tsx'

/**
 * Telegram's voice messages are Opus in Ogg. Browsers that cannot record Ogg use another container.
 */
const FORMATS = [
  { type: 'audio/ogg;codecs=opus', extension: 'ogg' },
  { type: 'audio/webm;codecs=opus', extension: 'webm' },
  { type: 'audio/mp4', extension: 'm4a' },
] as const

/** Whether this browser can record audio. */
export function canRecordVoice(): boolean {
  return 'MediaRecorder' in globalThis && 'mediaDevices' in navigator
}

interface VoiceRecorderProps {
  readonly chatId: number
  readonly onClose: () => void
}

/** Replaces the composer while a voice message is being recorded. */
export function VoiceRecorder({ chatId, onClose }: VoiceRecorderProps): ReactElement {
  const { sendFile, showToast } = usePlayground()
  const recorder = useRef<MediaRecorder>(undefined)
  const [seconds, setSeconds] = useState(0)
  const [isReady, setReady] = useState(false)

  useEffect(() => {
    let stream: MediaStream | undefined
    let isOver = false
    async function begin(): Promise<void> {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      } catch {
        showToast('The browser did not allow the microphone.', 'error')
        onClose()
        return
      }
      if (isOver) {
        stopTracks(stream)
        return
      }
      const format = FORMATS.find(({ type }) => MediaRecorder.isTypeSupported(type))
      recorder.current = new MediaRecorder(stream, format === undefined ? {} : { mimeType: format.type })
      recorder.current.start()
      setReady(true)
    }
    void begin()
    return () => {
      isOver = true
      if (stream !== undefined) stopTracks(stream)
    }
  }, [onClose, showToast])

  useEffect(() => {
    if (!isReady) return undefined
    const timer = setInterval(() => setSeconds((value) => value + 1), 1000)
    return () => clearInterval(timer)
  }, [isReady])

  function send(): void {
    const active = recorder.current
    if (active === undefined) return
    const chunks: Blob[] = []
    active.addEventListener('dataavailable', ({ data }) => chunks.push(data))
    active.addEventListener('stop', () => {
      const [type = 'audio/ogg'] = active.mimeType.split(';')
      const extension = FORMATS.find((format) => format.type.startsWith(type))?.extension ?? 'ogg'
      sendFile(chatId, { kind: 'voice', file: new File(chunks, `voice.${extension}`, { type }), caption: '' })
      onClose()
    })
    active.stop()
  }

  return (
    <div className="composer__row">
      <div className="composer__box voice-recorder">
        <button type="button" className="icon-button" aria-label="Discard the recording" onClick={onClose}>
          <Icon name="trash" />
        </button>
        <span className="voice-recorder__light" aria-hidden="true" />
        <span role="timer" aria-label="Recorded">
          {formatDuration(seconds)}
        </span>
        <span className="voice-recorder__hint">{isReady ? 'Recording…' : 'Waiting for the microphone…'}</span>
      </div>
      <button
        type="button"
        className="send-button"
        aria-label="Send the recording"
        disabled={!isReady}
        onClick={send}
      >
        <Icon name="send" />
      </button>
    </div>
  )
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
